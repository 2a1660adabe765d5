import Connectors
import FoundationEssentials
package import Planning

/// What was done, newest first.
package struct HistoryDocument: ReportDocument, Hashable, Decodable {
    package static let kind = "History"
    /// 1.1 added `cause`, `author` and `startedBy` of a run; 1.2 `subject`, `startedFrom`, `reason`, `planDigest` and
    /// `connectors` of a run, and `hasMore`.
    package static let formatVersion = "1.2"

    package var runs: [RunSummary]
    /// Whether older runs match that are not listed.
    package var hasMore: Bool

    package init(runs: [RunRecord], hasMore: Bool = false) {
        self.runs = runs.map { RunSummary($0) }
        self.hasMore = hasMore
    }
}

/// A run without its plan.
package struct RunSummary: Hashable, Sendable {
    package let record: RunRecord

    package init(_ record: RunRecord) { self.record = record }
}

extension RunSummary: Codable {
    private enum Key: String, CodingKey {
        case run, tenant, command, revision, started, ended, result, exitCode, message, cause, author, subject,
            startedBy
        case startedFrom, reason, planDigest, connectors
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(record.id, forKey: .run)
        try container.encode(record.tenant, forKey: .tenant)
        try container.encode(record.command, forKey: .command)
        try container.encode(record.revision, forKey: .revision)
        try container.encode(record.startedAt, forKey: .started)
        try container.encode(record.endedAt, forKey: .ended)
        try container.encode(record.result, forKey: .result)
        try container.encode(record.exitCode, forKey: .exitCode)
        try container.encode(record.message, forKey: .message)
        try container.encodeIfPresent(record.cause, forKey: .cause)
        try container.encodeIfPresent(record.author, forKey: .author)
        try container.encodeIfPresent(record.subject, forKey: .subject)
        try container.encodeIfPresent(record.startedBy, forKey: .startedBy)
        try container.encodeIfPresent(record.startedFrom, forKey: .startedFrom)
        try container.encodeIfPresent(record.reason, forKey: .reason)
        try container.encodeIfPresent(record.planDigest, forKey: .planDigest)
        if record.planDigest != nil { try container.encode(record.connectors, forKey: .connectors) }
    }

    /// What a controller answered; of the run's next look it tells nothing.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        record = RunRecord(
            id: try container.decode(String.self, forKey: .run),
            tenant: try container.decode(String.self, forKey: .tenant),
            command: try container.decode(RunRecord.Command.self, forKey: .command),
            revision: try container.decode(String.self, forKey: .revision),
            startedAt: try container.decode(Date.self, forKey: .started),
            endedAt: try container.decodeIfPresent(Date.self, forKey: .ended),
            result: try container.decodeIfPresent(RunRecord.Result.self, forKey: .result),
            exitCode: try container.decodeIfPresent(Int32.self, forKey: .exitCode),
            message: try container.decode(String.self, forKey: .message),
            cause: try container.decodeIfPresent(StopCause.self, forKey: .cause),
            author: try container.decodeIfPresent(String.self, forKey: .author),
            subject: try container.decodeIfPresent(String.self, forKey: .subject),
            startedBy: try container.decodeIfPresent(String.self, forKey: .startedBy),
            startedFrom: try container.decodeIfPresent(String.self, forKey: .startedFrom),
            reason: try container.decodeIfPresent(String.self, forKey: .reason),
            planDigest: try container.decodeIfPresent(String.self, forKey: .planDigest),
            connectors: try container.decodeIfPresent([ConnectorKey].self, forKey: .connectors) ?? []
        )
    }
}
