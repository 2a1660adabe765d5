package import FoundationEssentials
import Connectors

/// A finding as people read it: what is wrong, what was seen, and who should do what.
package enum FindingText {
    /// The finding in a few lines, without a final line break.
    ///
    /// - Parameter now: Tells how old the evidence is; `nil` leaves that out.
    package static func render(_ finding: Finding, now: Date? = nil, width: Int = 100) -> String {
        var lines = ["\(symbol(finding)) \(finding.check)  \(finding.subject)"]
        lines += wrapped(finding.message, indent: "  ", width: width)
        if let exo = finding.exo { lines += labelled("exchange", exo, width) }
        for name in finding.evidenceOrder { lines += labelled(name, finding.evidence[name] ?? "", width) }
        if !finding.remedy.isEmpty { lines += labelled("do", finding.remedy, width) }
        if let waivedBy = finding.waivedBy { lines += labelled(finding.waived ? "waived" : "weighed", waivedBy, width) }
        lines += labelled("source", source(finding, now), width)
        return lines.joined(separator: "\n")
    }

    package static func symbol(_ finding: Finding) -> String {
        if finding.waived { return "~" }
        return switch finding.outcome {
        case .pass: "✓"
        case .info: "·"
        case .warn: "!"
        case .fail: "✗"
        case .unknown: "?"
        }
    }

    private static func source(_ finding: Finding, _ now: Date?) -> String {
        var parts: [String] = []
        if !finding.sources.isEmpty { parts.append(finding.sources.joined(separator: ", ")) }
        if let seen = finding.observedAt {
            let ago = now.map { ", \(age($0.timeIntervalSince(seen))) ago" } ?? ""
            parts.append("observed \(Timestamp.text(seen))\(ago)")
        }
        return parts.joined(separator: " · ")
    }

    private static func age(_ seconds: TimeInterval) -> String {
        let seconds = Int(max(0, seconds))
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3_600 { return "\(seconds / 60) min" }
        return seconds < 86_400 ? "\(seconds / 3_600) h" : "\(seconds / 86_400) d"
    }

    private static func labelled(_ label: String, _ text: String, _ width: Int) -> [String] {
        guard !text.isEmpty else { return [] }
        let padding = String(repeating: " ", count: max(1, 10 - label.count))
        let lines = wrapped(text, indent: String(repeating: " ", count: 12), width: width)
        guard let first = lines.first else { return [] }
        return ["  \(label)\(padding)" + first.dropFirst(12)] + lines.dropFirst()
    }

    /// Lines of at most so many characters, broken between words.
    static func wrapped(_ text: String, indent: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = indent
        for word in text.split(separator: " ") {
            if line.count > indent.count, line.count + 1 + word.count > width {
                lines.append(line)
                line = indent
            }
            line += line.count == indent.count ? String(word) : " \(word)"
        }
        return line.count > indent.count ? lines + [line] : lines
    }
}
