import FoundationEssentials

extension ForgeConnection {
    /// A commit that no repository has.
    nonisolated static var noCommit: String { String(repeating: "0", count: 39) + "1" }

    /// How a write is refused that cannot succeed; `nil` where it was not refused.
    func refusal(of request: ForgeRequest) async throws(ForgeError) -> ForgeError? {
        do throws(ForgeError) {
            _ = try await send(request)
            return nil
        } catch {
            guard error.status != nil, error.reason != .unauthorized, error.reason != .limited else { throw error }
            return error
        }
    }
}
