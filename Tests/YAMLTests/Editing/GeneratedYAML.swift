import TestSupport

/// Files of YAML in the many styles in which people write them.
enum GeneratedYAML {
    static func file(_ random: inout SeededRandom) -> String {
        let documents = Int.random(in: 1...3, using: &random)
        var text = (0..<documents).map { _ in document(&random) }.joined(separator: "---\n")
        if Bool.random(using: &random) { text = "# yaml-language-server: $schema=x\n" + text }
        if Int.random(in: 0..<4, using: &random) == 0 { text.removeLast() }
        if Int.random(in: 0..<4, using: &random) == 0 { text = text.replacing("\n", with: "\r\n") }
        if Int.random(in: 0..<6, using: &random) == 0 { text = "\u{FEFF}" + text }
        return text
    }

    private static func document(_ random: inout SeededRandom) -> String {
        let step = Int.random(in: 1...4, using: &random)
        let isFlush = Bool.random(using: &random)
        var lines: [String] = []
        var anchors = 0
        block(&lines, indent: 0, step: step, depth: 0, isFlush: isFlush, &anchors, &random)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func block(
        _ lines: inout [String],
        indent: Int,
        step: Int,
        depth: Int,
        isFlush: Bool,
        _ anchors: inout Int,
        _ random: inout SeededRandom
    ) {
        let space = String(repeating: " ", count: indent)
        for number in 0..<Int.random(in: 1...5, using: &random) {
            if Int.random(in: 0..<4, using: &random) == 0 { lines.append("\(space)# about \(number) 'x' \"y\" : -") }
            if Int.random(in: 0..<8, using: &random) == 0 { lines.append("") }
            let key = "\(space)key\(number):"
            let comment = Int.random(in: 0..<4, using: &random) == 0 ? "  # c\(number)" : ""
            switch Int.random(in: 0..<9, using: &random) {
            case 0 where depth < 3:
                lines.append(key + comment)
                block(&lines, indent: indent + step, step: step, depth: depth + 1, isFlush: isFlush, &anchors, &random)
            case 1, 2:
                lines.append(key + comment)
                let dash = space + (isFlush ? "" : String(repeating: " ", count: step)) + "-"
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    if Int.random(in: 0..<6, using: &random) == 0 { lines.append("\(dash.dropLast())# item") }
                    lines.append("\(dash) \(scalar(&random))")
                }
            case 3: lines.append("\(key) [\(flow(&random))]\(comment)")
            case 4: lines.append("\(key) {a: \(scalar(&random, isFlow: true)), b: [\(flow(&random))]}\(comment)")
            case 5:
                lines.append("\(key) \(["|", ">", "|-", ">-"].randomElement(using: &random) ?? "|")")
                for _ in 0..<Int.random(in: 1...3, using: &random) { lines.append("\(space)  some text: # no comment") }
            case 6 where Int.random(in: 0..<3, using: &random) == 0:
                anchors += 1
                lines.append("\(key) &a\(anchors) \(scalar(&random))")
            case 7 where anchors > 0: lines.append("\(key) *a\(anchors)")
            case 8 where Int.random(in: 0..<4, using: &random) == 0: lines.append("\(key)\(comment)")
            default: lines.append("\(key) \(scalar(&random))\(comment)")
            }
        }
    }

    private static func flow(_ random: inout SeededRandom) -> String {
        (0..<Int.random(in: 0...4, using: &random)).map { _ in scalar(&random, isFlow: true) }.joined(separator: ", ")
    }

    private static func scalar(_ random: inout SeededRandom, isFlow: Bool = false) -> String {
        let plain = ["word", "two words", "true", "7", "null", "ünïcode", "a.example"]
        let others = ["'single ''quoted'''", "\"double \\\"quoted\\\" \\u00e9\"", "'*.example'", "\"#no\""]
        return (plain + (isFlow ? others : others + ["x#y", "a:b", "http://x/y?z"])).randomElement(using: &random)
            ?? "x"
    }
}
