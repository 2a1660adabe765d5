/// What the child process is asked in addition to the tracked branch; `base` is the repository that has the branch.
enum GitQuestion: Hashable, Codable, Sendable {
    // The head of a request
    case head(number: Int, reference: String, base: String, room: Int)
    case merge(head: String, tip: String, base: String)
    // What a merge queue tests
    case queue(prefix: String, only: Set<String>?, base: String, room: Int)
    // A branch of ours
    case compose(BranchChange, base: String)
    case push(BranchPush, base: String)
    case tips(of: [String], base: String)
}
