/// What Validate-OutboundConnector reported, task by task.
///
/// Only `TaskName` and `IsTaskSuccessful` are known of its rows, so all else is kept as evidence, unread.
package struct ValidationReport: Hashable, Sendable, Codable {
    package struct Task: Hashable, Sendable, Codable {
        package var name: String
        package var isSuccessful: Bool
        /// The whole row as JSON.
        package var row: String
    }

    package var tasks: [Task]
    package var warnings: [String]

    /// At least one task, and none that did not succeed.
    package var isSuccessful: Bool { !tasks.isEmpty && tasks.allSatisfy(\.isSuccessful) }
}
