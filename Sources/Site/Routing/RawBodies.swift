import Hummingbird
import NIOCore
import Synchronization

/// Bodies that any stranger can send: few at once, and none for long.
final class RawBodies: Sendable {
    /// Each can hold a mebibyte.
    static let atOnce = 16

    private let open = Mutex(0)
    private let deadline: Duration
    private let clock: any Clock<Duration>

    init(deadline: Duration = .seconds(10), clock: any Clock<Duration> = ContinuousClock()) {
        self.deadline = deadline
        self.clock = clock
    }

    /// - Parameter limit: In bytes.
    /// - Returns: `nil` where it is too large, does not come in time, or too many others are under way.
    func read(_ body: RequestBody, upTo limit: Int) async -> [UInt8]? {
        let isLet = open.withLock { open in
            guard open < Self.atOnce else { return false }
            open += 1
            return true
        }
        guard isLet else { return nil }
        defer { open.withLock { $0 -= 1 } }
        let (deadline, clock) = (deadline, clock)
        return await withTaskGroup(of: [UInt8]?.self) { group in
            group.addTask {
                guard let bytes = try? await body.collect(upTo: limit) else { return nil }
                return Array(bytes.readableBytesView)
            }
            group.addTask {
                try? await clock.sleep(for: deadline)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}
