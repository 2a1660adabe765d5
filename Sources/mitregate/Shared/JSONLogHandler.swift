import Connectors
import Foundation
import Logging

/// One JSON object a line on standard error: `level`, `ts`, `msg`, and what the entry says of tenant, run and the like.
struct JSONLogHandler: LogHandler {
    let label: String
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(label: String, level: Logger.Level) {
        self.label = label
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var entry = metadata.merging(event.metadata ?? [:]) { _, new in new }.compactMapValues { value in
            let text = "\(value)"
            return text.isEmpty ? nil : text
        }
        entry["level"] = "\(event.level)"
        entry["ts"] = Timestamp.text(Date())
        entry["msg"] = "\(event.message)"
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var line = try? encoder.encode(entry) else { return }
        line.append(UInt8(ascii: "\n"))
        FileHandle.standardError.write(line)
    }
}
