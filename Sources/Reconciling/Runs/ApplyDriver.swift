import Connectors
import ExchangeOnline
import FoundationEssentials
import Logging
import Planning
import Reports
import StateStore

/// Carries out what the apply engine decides, and nothing else: saves, sends, waits and reads.
struct ApplyDriver: Sendable {
    /// How a drive ended.
    enum Ending: Sendable {
        case finished(Journal)
        /// The tenant could not be read: the journal stays as it is and a later run resumes it.
        case stopped(Journal, Postponement)
    }

    let environment: RunEnvironment
    let tenant: String
    let reader: TenantReader
    let writer: TenantWriter
    let lease: Lease
    /// The transport rules to read back, by name and identity.
    let rules: Set<String>
    /// For one reading, retries included.
    let readTimeout: Duration

    /// Drives a journal to its end.
    ///
    /// - Parameter journal: What is known of the run, kept up to date, so that it outlives a failure. It never holds a
    ///   write as sent that was not.
    /// - Throws: when the store fails; `journal` still describes what was sent.
    func drive(_ start: Transition, keeping journal: inout Journal?) async throws(RunStop) -> Ending {
        var transition = start
        while true {
            let isWait = if case .read(let delay) = transition.action { delay > .zero } else { false }
            if environment.isInterrupted() && !(isWait && environment.leavesWaits) {
                transition = ApplyEngine.interrupt(transition)
            }
            try await save(transition)
            let saved = transition.journal
            journal = saved
            switch transition.action {
            case .finish: return .finished(saved)
            case .stop(let why): return .stopped(saved, why)
            case .send(let write): transition = ApplyEngine.next(saved, await send(write))
            case .read(let delay):
                guard await wait(delay) else { return .stopped(saved, Self.leftForLater) }
                transition = ApplyEngine.next(saved, await read())
            }
        }
    }

    /// Applied state and journal in one transaction, which also renews the lease and is refused when it was lost.
    private func save(_ transition: Transition) async throws(RunStop) {
        do throws(StateStoreError) {
            try await environment.store.commit(
                StateChange(applied: transition.updates, journal: transition.journal),
                under: lease
            )
        } catch {
            throw RunStop(error)
        }
    }

    private func send(_ write: Write) async -> EngineEvent {
        environment.tell(tenant, "writing \(write.displayName.escapingControls)")
        let outcome: WriteOutcome =
            switch write.action {
            case .create:
                await writer.create(write.kind, name: write.displayName, settings: write.settings)
            case .update:
                if let validatedAt = write.validatedAt {
                    await writer.recordValidation(guid: write.guid ?? "", at: validatedAt)
                } else {
                    await writer.update(
                        write.kind,
                        guid: write.guid ?? "",
                        name: write.displayName,
                        newName: write.newDisplayName,
                        settings: write.settings,
                        clearedList: write.clearedList ?? .array
                    )
                }
            case .delete: await writer.delete(write.kind, guid: write.guid ?? "", name: write.displayName)
            }
        switch outcome {
        case .accepted(let guid, let warnings):
            for warning in warnings {
                environment.logger.notice(
                    "\(tenant): \(warning.escapingControls)",
                    metadata: ["tenant": "\(tenant)", "run": "\(lease.holder.run)"]
                )
            }
            return .accepted(guid: guid)
        case .refused(let error): return environment.event(of: error)
        case .ambiguous(let error): return .ambiguous(error.message)
        }
    }

    private static let leftForLater = Postponement(
        "it was asked to stop while it waited to see what became of a write.",
        remedy: "The next start goes on from there.",
        cause: .interrupted
    )

    /// Waits even when the task was cancelled, unless waits are left to a later run.
    ///
    /// - Returns: Whether to go on.
    private func wait(_ delay: Duration) async -> Bool {
        guard delay > .zero else { return true }
        let clock = environment.timing.clock
        guard environment.leavesWaits else {
            await Task.detached { try? await clock.sleep(for: delay) }.value
            return true
        }
        try? await environment.untilInterrupted { try? await clock.sleep(for: delay) }
        return !environment.isInterrupted()
    }

    /// A step in flight is always read back, also when the task was cancelled.
    private func read() async -> EngineEvent {
        environment.tell(tenant, "reading back")
        let (reader, rules, readTimeout) = (reader, rules, readTimeout)
        let reading = await Task.detached { await reader.read(rules: rules, deadline: readTimeout) }.value
        switch reading {
        case .known(let observed): return .observed(observed)
        case .unknown(let error): return .unreadable(environment.postponement(error))
        }
    }
}

extension RunEnvironment {
    /// What the engine is told of a request that surely had no effect: whether the request or the moment was wrong.
    fileprivate func event(of error: ExchangeError) -> EngineEvent {
        error.errorClass == .refused ? .refused(error.message) : .postponed(postponement(error))
    }

    /// Why a run cannot go on now, and until when, as far as the service said.
    func postponement(_ error: ExchangeError) -> Postponement {
        Postponement(
            error.message,
            remedy: error.remedy,
            cause: StopCause(error),
            until: error.until(from: timing.now())
        )
    }
}
