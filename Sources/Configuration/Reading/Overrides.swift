import Connectors
import YAML

/// Values that come before the file's: flags first, then `MITREGATE_*` variables.
///
/// A key's variable is its path in upper case with underscores; where a key has a capital inside, as `ehloName`, an
/// underscore may stand before it or not. The entries of lists and mappings have none. An empty variable counts as unset, as
/// a pipeline hands on what it does not have.
final class Overrides {
    private let flags: [String: String]
    /// By the folded name; more than one spelling of it may be set.
    private let variables: [String: [(name: String, value: String)]]
    private var asked: [String: String] = [:]

    private static let prefix = "MITREGATE_"
    /// Variables that mean something to the program, to its service file or to its demo, and are not keys.
    private static let others: Set<String> = [
        "MITREGATE_CONFIG", "MITREGATE_COMMAND", "MITREGATE_BIN", "MITREGATE_SERVER_URL", "MITREGATE_SERVER_TOKEN",
    ]

    /// - Parameter flags: By path, as `gate.networks`.
    init(flags: [String: String], environment: [String: String]) {
        self.flags = flags
        var variables: [String: [(name: String, value: String)]] = [:]
        for (name, value) in environment.sorted(by: { $0.key < $1.key })
        where name.hasPrefix(Self.prefix) && !value.isEmpty && !Self.others.contains(name) {
            variables[Self.folded(String(name.dropFirst(Self.prefix.count))), default: []].append((name, value))
        }
        self.variables = variables
    }

    /// The value for a path, where one was given outside the file.
    func value(_ path: String) -> (text: String, origin: Origin)? {
        let folded = Self.folded(path)
        asked[folded] = path
        if let flag = flags[path] { return (flag, .flag("--\(path)")) }
        guard let variable = variables[folded]?.first else { return nil }
        return (variable.value, .variable(variable.name))
    }

    /// Whether a value for a path was given outside the file.
    func has(_ path: String) -> Bool { value(path) != nil }

    /// Adds the variables that belong to no key, and those that say one thing twice.
    func findStrangers(_ context: ReadingContext, except known: Set<String>) {
        for (folded, spellings) in variables.sorted(by: { $0.key < $1.key }) {
            let strangers = spellings.filter { !known.contains($0.name) }
            guard asked[folded] != nil else {
                for stranger in strangers { add(stranger.name, to: context) }
                continue
            }
            if strangers.count > 1 {
                context.add(
                    "config-duplicate-variable",
                    at: .variable(strangers[1].name),
                    "\(strangers[0].name) already sets the same key.",
                    remedy: "Unset one of them."
                )
            }
        }
    }

    private func add(_ name: String, to context: ReadingContext) {
        let names = asked.values.sorted().map(Self.variable)
        let question = Nearest.question(name, among: names).map { "\($0) " } ?? ""
        context.add(
            "config-unknown-variable",
            at: .variable(name.escapingControls),
            "no key of the configuration has this variable, so it would have no effect.",
            remedy: "\(question)Unset it, or set the key in the file; entries of lists have no variables."
        )
    }

    /// `gate.ehloName` is `MITREGATE_GATE_EHLO_NAME`.
    static func variable(_ path: String) -> String {
        var name = prefix
        var isAfterSmall = false
        for character in path {
            if character == "." {
                name += "_"
            } else {
                if character.isUppercase && isAfterSmall { name += "_" }
                name += character.uppercased()
            }
            isAfterSmall = character.isLowercase
        }
        return name
    }

    private static func folded(_ name: String) -> String {
        name.filter { $0 != "." && $0 != "_" }.uppercased()
    }
}
