import Configuration
import Forges
import FoundationEssentials
import PullRequests
import Reconciling
import Reports

extension RequestDesk {
    /// Says in the comments of a merged request that they show another head than was merged.
    ///
    /// What others may have written into a comment of ours is not written again in our name.
    func writeOvertaken(_ known: RequestMemory, _ forge: any Forge) async throws(ForgeError) {
        let keys = known.overtakenKeys
        guard !keys.isEmpty else { return }
        let comments = try await forge.comments(on: known.number, since: Date(timeIntervalSince1970: 0))
        for (key, head) in keys {
            guard let id = known.comment(key) else { continue }
            let ours = comments.first { $0.id == id && !known.isNew($0.text, for: key) }
            let text = PlanComment.overtaken(
                ours?.text,
                key: firstLine(of: key),
                shown: head,
                merged: known.head,
                limit: forge.limits.comment
            )
            do throws(ForgeError) {
                let written = try await forge.write(text, on: known.number, over: id)
                book[known.number]?.wrote(text, for: key, as: written)
            } catch {
                // One that was deleted cannot mislead.
                guard [.notFound, .forbidden].contains(error.reason) else { throw error }
            }
            book[known.number]?.overtook(key)
        }
    }
}
