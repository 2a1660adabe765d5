import Synchronization

/// A forge on loopback: one dialect over one pretended repository, which notes what it was asked and what was wrong
/// with that.
package final class ForgeServer: Sendable {
    enum Outcome {
        case reply(ForgeReply)
        case silence
        case dropped
    }

    private struct Trouble: Sendable {
        var fault: ForgeFault
        var times: Int
        var isMeant: @Sendable (ForgeCall) -> Bool
    }

    private struct State: Sendable {
        var repository: PretendedRepository
        var calls: [ForgeCall] = []
        var complaints: [String] = []
        var troubles: [Trouble] = []
        var folder: GitFolder?
    }

    package let dialect: any ForgeDialect
    private let description: ForgeDescription
    private let state: Mutex<State>
    private let listener = Mutex<ForgeListener?>(nil)

    private init(
        _ dialect: any ForgeDialect,
        _ description: ForgeDescription,
        _ repository: PretendedRepository,
        _ folder: GitFolder?
    ) {
        self.dialect = dialect
        self.description = description
        state = Mutex(State(repository: repository, folder: folder))
    }

    /// Runs a server on a free port for as long as `body` takes.
    ///
    /// - Parameters:
    ///   - description: What every call and every answer is held to; see ``complaints``.
    ///   - folder: The repository whose branches it has; `nil`: whoever pushes tells it so.
    package static func run<T>(
        _ dialect: any ForgeDialect,
        description: ForgeDescription,
        repository: PretendedRepository = PretendedRepository(),
        folder: GitFolder? = nil,
        _ body: (ForgeServer) async throws -> T
    ) async throws -> T {
        let server = ForgeServer(dialect, description, repository, folder)
        let listener = try await ForgeListener.start { server.outcome(of: $0) }
        server.listener.withLock { $0 = listener }
        do {
            let result = try await body(server)
            await listener.stop()
            return result
        } catch {
            await listener.stop()
            throw error
        }
    }

    package var origin: String { "http://127.0.0.1:\(listener.withLock { $0?.port ?? 0 })" }
    /// The API's base, as a configuration would name it.
    package var url: String { origin + dialect.apiPath }

    package var calls: [ForgeCall] { state.withLock(\.calls) }
    package func forgetCalls() { state.withLock { $0.calls = [] } }

    /// What in calls and answers does not keep to the forge's description.
    package var complaints: [String] { state.withLock(\.complaints) }

    package var repository: PretendedRepository { state.withLock(\.repository) }

    @discardableResult
    package func change<R: Sendable>(_ body: (inout PretendedRepository) -> sending R) -> sending R {
        state.withLock { body(&$0.repository) }
    }

    /// From now on it has the branches of a repository on this machine.
    package func follow(_ folder: GitFolder) { state.withLock { $0.folder = folder } }

    /// Lets the next calls go wrong, or those of them that are meant.
    package func fail(
        _ fault: ForgeFault,
        times: Int = 1,
        where isMeant: @escaping @Sendable (ForgeCall) -> Bool = { _ in true }
    ) {
        state.withLock { $0.troubles.append(Trouble(fault: fault, times: times, isMeant: isMeant)) }
    }

    private func outcome(of call: ForgeCall) -> Outcome {
        state.withLock { state in
            state.folder?.refresh(&state.repository)
            if let segments = call.segments(below: ForgeControl.path) {
                return .reply(ForgeControl.reply(to: segments, call, in: &state.repository, state.complaints))
            }
            state.calls.append(call)
            let call = dialect.described(call, in: state.repository)
            state.complaints += description.complaints(about: call, below: dialect.basePath)
            let fault = Self.takeFault(for: call, from: &state)
            switch fault {
            case .silence: return .silence
            case .dropped: return .dropped
            case .reply(let reply): return .reply(reply)
            case .status(let status, let headers):
                var reply = dialect.failure(status, "a fault on purpose")
                reply.headers += headers
                return .reply(reply)
            case .altered, nil: break
            }
            var reply = self.reply(to: call, &state)
            if case .altered(let alter) = fault {
                alter(&reply)
            } else {
                state.complaints += description.complaints(about: reply, to: call, below: dialect.basePath)
            }
            return .reply(reply)
        }
    }

    private func reply(to call: ForgeCall, _ state: inout State) -> ForgeReply {
        guard let caller = dialect.caller(of: call, in: state.repository) else {
            return dialect.failure(401, "Bad credentials")
        }
        return dialect.reply(to: call, from: caller, in: &state.repository, origin: origin)
    }

    private static func takeFault(for call: ForgeCall, from state: inout State) -> ForgeFault? {
        guard let index = state.troubles.firstIndex(where: { $0.times > 0 && $0.isMeant(call) }) else { return nil }
        state.troubles[index].times -= 1
        return state.troubles[index].fault
    }
}
