package import FoundationEssentials

/// Who changed what, why, and on what evidence: one row for each change of each run that wrote.
package struct AuditDocument: ReportDocument, Hashable, Encodable {
    package static let kind = "Audit"

    /// The time that was asked for; `nil` where it is open.
    package var since: Date?
    package var until: Date?
    package var rows: [AuditRow]
    /// Runs whose plan another version of Mitregate stored, so that what they changed is not listed.
    package var unreadableRuns: [String]

    package init(since: Date?, until: Date?, rows: [AuditRow], unreadableRuns: [String] = []) {
        self.since = since
        self.until = until
        self.rows = rows
        self.unreadableRuns = unreadableRuns
    }
}
