import ArgumentParser
import CLinux
import Connectors
import Foundation
import Reports
import YAML

extension Mitregate {
    /// Parses the command line and runs the command that it names.
    ///
    /// A mistake on the command line is told like every other error: as a document where JSON was asked for.
    static func main() async {
        // A reader of our output that goes away (`| head`) must not end a run half-way.
        signal(SIGPIPE, SIG_IGN)
        keepMemoryPrivate()
        let arguments = Array(CommandLine.arguments.dropFirst())
        // Scripts ask for it often, and it needs none of the commands.
        guard arguments != ["--version"] else { return print(version.line) }
        do {
            var command = try await asyncParseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            guard exitCode(for: error) == .validationFailure, !(error is ExitCode) else { exit(withError: error) }
            refuse(arguments, error)
        }
    }

    /// Memory holds secrets: no core file may hold it, and no other process of the same user may read it.
    private static func keepMemoryPrivate() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        _ = clinux_keep_memory_private()
    }

    /// Ends the program over a command line that has no meaning.
    private static func refuse(_ arguments: [String], _ error: any Error) -> Never {
        let (message, help) = unknownCommand(arguments) ?? (self.message(for: error), helpCommand(for: error))
        if asksForJSON(arguments) {
            let remedy = "List the options with: \(help)"
            Terminal.print(ErrorDocument([ErrorEntry(id: "usage", message: message, remedy: remedy)]).json)
        } else if unknownCommand(arguments) != nil {
            Terminal.note("Error: \(message)\n  See '\(help)' for the commands.")
        } else {
            Terminal.note(fullMessage(for: error))
        }
        Foundation.exit(ExitStatus.usage.rawValue)
    }

    /// What other programs of this kind call it, and we do not.
    private static let foreignWords = [
        "version": "--version", "-v": "--version", "-V": "--version", "-version": "--version", "diff": "plan",
        "preview": "plan", "check": "validate", "lint": "validate", "sync": "reconcile", "preflight": "gate",
        "get": "status", "list": "status", "log": "history", "logs": "events", "undo": "rollback", "revert": "rollback",
        "export": "import", "pause": "suspend", "unsuspend": "resume", "audit": "report audit",
        "disable": "break-glass disable", "setup": "init", "bootstrap": "init", "new": "init", "create": "init",
    ]

    /// What to say of a word that stands where a command is expected.
    private static func unknownCommand(_ arguments: [String]) -> (message: String, help: String)? {
        guard let word = arguments.first else { return nil }
        let named = Set(configuration.subcommands.compactMap { $0.configuration.commandName })
        if let right = foreignWords[word], !named.contains(word),
            right.hasPrefix("-") || named.contains(String(right.prefix { $0 != " " }))
        {
            return ("Unknown command \"\(word)\". Did you mean \"mitregate \(right)\"?", "mitregate --help")
        }
        guard !word.hasPrefix("-") else { return nil }
        let commands = configuration.subcommands.map { $0.configuration }
        guard !commands.contains(where: { $0.commandName == word }), word != "help" else { return nil }
        let known = commands.filter { $0.shouldDisplay }.compactMap { $0.commandName }
        let question = Nearest.question(word, among: known).map { " \($0)" } ?? ""
        return ("Unknown command \"\(word.escapingControls)\".\(question)", "mitregate --help")
    }

    /// The command whose help explains a mistake, as the parser's own message names it.
    private static func helpCommand(for error: any Error) -> String {
        let words = fullMessage(for: error).components(separatedBy: "See '").dropFirst().last
        return words?.components(separatedBy: "'").first ?? "mitregate --help"
    }

    /// Whether a command line that could not be parsed asks for JSON.
    private static func asksForJSON(_ arguments: [String]) -> Bool {
        let options = arguments.prefix { $0 != "--" }
        if options.contains(where: { ["--output=json", "-o=json", "-ojson"].contains($0) }) { return true }
        return zip(options, options.dropFirst()).contains { ["-o", "--output"].contains($0) && $1 == "json" }
    }
}
