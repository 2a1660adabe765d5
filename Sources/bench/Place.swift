import FoundationEssentials

/// Where the programs and servers are that `examples/bench.sh` prepared; what it could not prepare is `nil`.
struct Place {
    /// The release builds.
    let programs: String
    /// For files that are thrown away afterwards.
    let folder: String
    /// A virtual environment with octodns and sslyze.
    let python: String?
    /// `examples/probe-floor.c`, compiled.
    let floor: String?
    let mail: MailServer?
    let names: NameServer?

    struct MailServer {
        let port: Int
        /// PEM of the root behind its certificate.
        let roots: String
        /// In which it notes every connection.
        let log: String
    }

    struct NameServer {
        let port: Int
        let anchors: String
    }

    init() {
        let environment = ProcessInfo.processInfo.environment
        let folder = environment["BENCH_FOLDER"] ?? "."
        programs = environment["BENCH_PROGRAMS"] ?? ".build/release"
        self.folder = folder
        python = environment["BENCH_PYTHON"]
        floor = environment["BENCH_FLOOR"]
        mail = environment["BENCH_MAIL_PORT"].flatMap(Int.init).map {
            MailServer(port: $0, roots: "\(folder)/mail/root.pem", log: "\(folder)/mail/maillog")
        }
        names = environment["BENCH_NAMES_PORT"].flatMap(Int.init).map {
            NameServer(port: $0, anchors: "\(folder)/names/anchors")
        }
    }

    var mitregate: String { "\(programs)/mitregate" }

    /// A file made for a measurement, below a folder that is made with it.
    func write(_ text: String, to name: String) throws { try writeFile(text, to: "\(folder)/\(name)") }

    /// Figures that this program took in a process of its own.
    func measure(_ arguments: [String]) throws -> [String: Double] {
        let run = try Child.run(["\(programs)/bench", "measure"] + arguments, in: folder)
        var figures: [String: Double] = ["peak": run.usage.peak]
        for line in run.output.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let value = Double(parts[1]) else { continue }
            figures[String(parts[0])] = value
        }
        return figures
    }

    /// Each figure's median over several processes.
    func medians(of arguments: [String], runs: Int) throws -> [String: Double] {
        var all: [String: [Double]] = [:]
        for _ in 0..<runs {
            for (name, value) in try measure(arguments) { all[name, default: []].append(value) }
        }
        return all.mapValues(\.median)
    }
}

extension [String: Double] {
    /// A figure that a measurement promises to print.
    func figure(_ name: String) throws -> Double {
        guard let value = self[name] else { throw Problem("the measurement did not tell its \"\(name)\"") }
        return value
    }
}

/// Writes a file, and makes the folders above it.
func writeFile(_ text: String, to path: String) throws {
    let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
        throw Problem("\(path) cannot be written")
    }
}
