/// What a pipeline's agent reads out of a program's output, on either stream, as an order to itself.
///
/// A mail server's greeting must not set a variable of the pipeline that checks it.
extension String {
    /// The text without the marks of Azure Pipelines (`##vso[`) and of GitHub's older form (`##[`), which are obeyed
    /// wherever they stand in a line.
    ///
    /// Source: `Command.TryParse` in github.com/microsoft/azure-pipelines-agent, `ActionCommand.TryParse` in
    /// github.com/actions/runner.
    ///
    /// - Parameter number: What `##` is written as where it begins such a mark.
    package func withoutAgentCommands(_ number: String) -> String {
        guard hasPair(of: UInt8(ascii: "#")) else { return self }
        // Bytes, not characters: a mark may be one character with what a stranger put before it.
        let bytes = Array(utf8)
        let (mark, orders) = (Array("##".utf8), [Array("[".utf8), Array("vso[".utf8)])
        var result: [UInt8] = []
        var place = 0
        while place < bytes.count {
            let rest = bytes[place...]
            let isMark = rest.first == mark[0] && rest.starts(with: mark)
            if isMark, orders.contains(where: rest.dropFirst(mark.count).starts) {
                result += number.utf8
                place += mark.count
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The lines, with the first colon written out in those that begin with `::`, spaces aside: GitHub's runner looks for
    /// `::name …::` there.
    ///
    /// Source: `ActionCommand.TryParseV2` in github.com/actions/runner.
    package var withoutWorkflowCommands: String {
        let colon = UInt8(ascii: ":")
        guard hasPair(of: colon) else { return self }
        return utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            let text = String(Substring(line))
            let spaces = text.unicodeScalars.prefix(while: \.properties.isWhitespace)
            let rest = text.utf8[spaces.endIndex...]
            return rest.starts(with: [colon, colon]) ? "\(String(spaces))\\u{3a}\(Substring(rest.dropFirst()))" : text
        }.joined(separator: "\n")
    }

    private func hasPair(of byte: UInt8) -> Bool {
        zip(utf8, utf8.dropFirst()).contains { $0 == byte && $1 == byte }
    }
}
