import ExchangeOnline
package import MailWatch
import Planning
package import Reconciling
import Reports
import StateStore

/// Takes back what a decided watch says, by an ordinary run under the id that was stored for it.
package struct TakeBackRun: Sendable {
    private let takeBack: TakeBack
    private let environment: RunEnvironment

    package init(_ takeBack: TakeBack, _ environment: RunEnvironment) {
        self.takeBack = takeBack
        self.environment = environment
    }

    /// - Returns: `nil` where it did not come to an end for a reason that may pass: it is to be tried again under the same id.
    package func perform() async -> TakeBackEnd? {
        do {
            // After a restart the run may be there already: it is followed to its end, and not begun twice.
            if let end = try await stored() { return end }
            let rollback = try await RollbackRun.find(
                takeBack.earlier,
                environment,
                consent: RollbackRun.Consent(acceptsWeaker: takeBack.mayWeaken),
                objects: Set(takeBack.objects.map(\.key)),
                id: takeBack.run,
                reason: takeBack.reason
            )
            let ending = await rollback.ending()
            // Also where it was cut off before, and this one only finished it.
            if let end = try await stored() { return end }
            if ending.stop?.cause.mayPass == true { return nil }
            return .refused(ending.outcome.error?.message ?? ending.outcome.message)
        } catch let stop as RunStop {
            return stop.cause.mayPass ? nil : .refused(stop.message)
        } catch let error as StateStoreError {
            if case .noSuchRun = error { return .refused(error.message) }
            return nil
        } catch {
            return .refused("\(error)")
        }
    }

    /// How the run ended, as the history has it; `nil` where it does not have the run, or its end.
    private func stored() async throws(StateStoreError) -> TakeBackEnd? {
        do throws(StateStoreError) {
            let record = try await environment.store.run(matching: takeBack.run).record
            guard let result = record.result else { return nil }
            // One that failed wrote nothing; without a cause its process ended before it could. For a missing role a person is needed.
            let mayPass = record.cause.map { $0.mayPass && $0 != .permission } ?? true
            guard result == .interrupted || result == .failed && mayPass else { return .ended(result) }
            // The history has this id for good.
            return .postponed(next: RunID.make(now: environment.timing.now()))
        } catch {
            guard case .noSuchRun = error else { throw error }
            return nil
        }
    }
}

extension StopCause {
    /// Whether it may pass by itself, so that the same is worth trying again.
    fileprivate var mayPass: Bool {
        switch self {
        case .passing, .throttled, .outage, .noToken, .permission, .unreadable, .leased, .leaseLost, .storeFailed,
            .interrupted:
            true
        default: false
        }
    }
}
