/// What the program says of its commands and options, as `--experimental-dump-help` prints it.
struct HelpDump: Decodable {
    struct Name: Decodable {
        let kind: String
        let name: String

        var text: String { (kind == "long" ? "--" : "-") + name }
    }

    struct Argument: Decodable {
        let kind: String
        let shouldDisplay: Bool?
        let isOptional: Bool?
        let isRepeating: Bool?
        let names: [Name]?
        let valueName: String?
        let defaultValue: String?
        let allValues: [String]?
        let abstract: String?
    }

    struct Command: Decodable {
        let commandName: String
        let shouldDisplay: Bool?
        let abstract: String?
        let discussion: String?
        let subcommands: [Command]?
        let arguments: [Argument]?
    }

    let command: Command

    /// The page with every command that is for people.
    var page: String {
        var sections: [String] = []
        for command in command.subcommands ?? [] { Self.add(command, "mitregate", to: &sections) }
        let head = """
            # Commands

            Written from what the program says: `mitregate COMMAND --help` has the same, as has `man mitregate-COMMAND`. Every command that
            reads takes `-o json`: one document, errors too. Exit codes are in the [reference](reference.md#exit-codes).
            """
        return ([head] + sections).joined(separator: "\n\n") + "\n"
    }

    private static func add(_ command: Command, _ path: String, to sections: inout [String]) {
        guard command.shouldDisplay ?? true, command.commandName != "help" else { return }
        let title = "\(path) \(command.commandName)"
        var lines = ["## \(title)", "", command.abstract ?? ""]
        if let discussion = command.discussion { lines += [""] + markdown(discussion) }
        let shown = (command.arguments ?? []).filter { ($0.shouldDisplay ?? true) && !isEverywhere($0) }
        if !shown.isEmpty { lines += ["", "| option | meaning |", "|---|---|"] + shown.map(row) }
        sections.append(lines.joined(separator: "\n"))
        for below in command.subcommands ?? [] { add(below, title, to: &sections) }
    }

    /// Lines that are indented are commands to type.
    private static func markdown(_ discussion: String) -> [String] {
        var lines: [String] = []
        var isCode = false
        for line in discussion.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("  ") != isCode {
                lines += isCode ? ["```"] : ["", "```sh"]
                isCode.toggle()
            }
            lines.append(String(isCode ? line.dropFirst(2) : line))
        }
        return isCode ? lines + ["```"] : lines
    }

    private static func isEverywhere(_ argument: Argument) -> Bool {
        (argument.names ?? []).contains { ["help", "version"].contains($0.name) && $0.kind == "long" }
    }

    private static func row(_ argument: Argument) -> String {
        let value = argument.valueName.map { "<\($0)>" } ?? ""
        let names = (argument.names ?? []).map(\.text).joined(separator: ", ")
        let term = argument.kind == "positional" ? value : argument.kind == "option" ? "\(names) \(value)" : names
        var meaning = argument.abstract ?? ""
        let words = argument.allValues ?? []
        if !words.isEmpty { meaning += " One of \(words.map { "`\($0)`" }.joined(separator: ", "))." }
        if let fallback = argument.defaultValue, !fallback.isEmpty { meaning += " Default: `\(fallback)`." }
        return "| `\(term)` | \(meaning.replacing("|", with: "\\|").replacing("\n", with: " ")) |"
    }
}
