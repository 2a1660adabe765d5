import Connectors
import YAML

/// What one reading of the configuration knows and finds: the place of things, the overrides, and every problem.
final class ReadingContext {
    /// The file as it was named.
    let file: String
    /// The folder that relative paths are meant from.
    let folder: String
    let overrides: Overrides
    /// Where this user's programs keep what can be made again.
    let cacheFolder: String
    /// What every source and every tenant says that does not say otherwise.
    var sourceDefaults: [Section.Layer] = []
    var tenantDefaults: [Section.Layer] = []
    private(set) var problems: [Problem] = []
    /// A wrong default is wrong for each tenant, and told once.
    private var told: Set<Problem> = []
    /// Reads a file that the configuration names; `nil` when it cannot be read, or is larger than a table may be.
    let contents: (String) -> [UInt8]?
    private(set) var warnings: [Problem] = []
    /// The variables that secret references name; they are none of ours, whatever they are called.
    private(set) var referencedVariables: Set<String> = []

    init(
        file: String,
        folder: String,
        overrides: Overrides,
        cacheFolder: String,
        contents: @escaping (String) -> [UInt8]?
    ) {
        self.contents = contents
        self.file = file
        self.folder = folder
        self.overrides = overrides
        self.cacheFolder = cacheFolder
    }

    func add(_ id: String, at origin: Origin, _ message: String, remedy: String) {
        let problem = problem(id, at: origin, message, remedy: remedy)
        if told.insert(problem).inserted { problems.append(problem) }
    }

    func warn(_ id: String, at origin: Origin, _ message: String, remedy: String) {
        warnings.append(problem(id, at: origin, message, remedy: remedy))
    }

    func note(variable: String) { referencedVariables.insert(variable) }

    /// The problems of the YAML itself, without their excerpts and the words they quote: these may be a secret's.
    func add(_ diagnostics: [Diagnostic]) {
        for diagnostic in diagnostics where diagnostic.severity == .error {
            problems.append(
                Problem(
                    diagnostic.rule,
                    file: file,
                    line: diagnostic.position.line,
                    column: diagnostic.position.column,
                    Self.discreet[diagnostic.rule] ?? diagnostic.reason.sentence,
                    remedy: diagnostic.remedy
                )
            )
        }
    }

    /// Other words for what quotes a value: a plain password may begin with `*` or `!`.
    private static let discreet = [
        "yaml-alias": "A value that begins with * refers to another one, and there is none of that name above.",
        "yaml-tag": "A value that begins with ! names a type, and that type means nothing here.",
    ]

    /// A path as it was written, from the file's folder.
    func resolved(_ path: String) -> String {
        if path.hasPrefix("/") || folder.isEmpty { return path }
        return folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
    }

    /// Where something stands, by the name of its file alone.
    func position(of origin: Origin) -> SourcePosition {
        guard case .file(let place, let table) = origin else { return SourcePosition(file: "") }
        let path = table ?? file
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return SourcePosition(file: name, line: place.line, column: place.column)
    }

    /// A path as messages name it: as the configuration was named, from where it was named.
    func shown(_ path: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }

    /// Where mirrors lie unless `mirrors` says otherwise: next to the store's file, or in the cache where it has none.
    func mirrors(nextTo store: StoreURL) -> String {
        switch store {
        case .sqlite(let path): "\(path)-mirrors"
        case .postgresql: "\(cacheFolder)/mirrors"
        }
    }

    private func problem(_ id: String, at origin: Origin, _ message: String, remedy: String) -> Problem {
        switch origin {
        case .file(let place, let table):
            Problem(id, file: table ?? file, line: place.line, column: place.column, message, remedy: remedy)
        case .variable(let name): Problem(id, "\(name): \(message)", remedy: remedy)
        case .flag(let name): Problem(id, "\(name): \(message)", remedy: remedy)
        }
    }
}

/// Where a value was given.
enum Origin {
    /// - Parameter table: The file, where it is not the configuration itself.
    case file(YAMLPlace, table: String? = nil)
    case variable(String)
    case flag(String)

    /// Another place of the same file.
    func moved(to place: YAMLPlace) -> Origin {
        guard case .file(_, let table) = self else { return self }
        return .file(place, table: table)
    }
}

extension String {
    /// With a capital first letter and a full stop.
    var sentence: String {
        let capital = prefix(1).uppercased() + dropFirst()
        return capital.hasSuffix(".") ? capital : capital + "."
    }

    /// Between quotation marks, without control characters, and short enough for a message.
    var quoted: String {
        let short = count > 60 ? String(prefix(57)) + "…" : self
        return "\"\(short.escapingControls)\""
    }
}
