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
        var previous: UInt8 = 0
        let mayHold = utf8.contains { byte in
            defer { previous = byte }
            return byte == UInt8(ascii: "#") && previous == byte
        }
        guard mayHold else { return self }
        return replacing("##[", with: "\(number)[").replacing("##vso[", with: "\(number)vso[")
    }

    /// The lines, with the first colon written out in those that begin with `::`, spaces aside: GitHub's runner looks for
    /// `::name …::` there.
    ///
    /// Source: `ActionCommand.TryParseV2` in github.com/actions/runner.
    package var withoutWorkflowCommands: String {
        guard contains("::") else { return self }
        return split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let spaces = line.prefix(while: \.isWhitespace)
            let rest = line[spaces.endIndex...]
            return rest.hasPrefix("::") ? "\(spaces)\\u{3a}\(rest.dropFirst())" : String(line)
        }.joined(separator: "\n")
    }
}
