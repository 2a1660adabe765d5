import ArgumentParser
import Configuration
import Foundation
import Reconciling
import Reports
import TLSGate

struct ProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Judge any mail server as a connector with that smart host would.",
        usage: "mitregate probe <host[:port]> ... [<options>]",
        discussion: """
            Needs no configuration; where there is one, its gate settings hold. Only public addresses are contacted unless \
            those settings say otherwise, and never with a mail command.

            Exit codes: 0 mail would flow, 1 error, 3 it would not, 4 it could not be judged now or a person must accept \
            something.
            """
    )

    enum Trust: String, ExpressibleByArgument, CaseIterable {
        case encryptionOnly = "encryption-only"
        case certificateValidation = "certificate-validation"
        case domainValidation = "domain-validation"

        var level: TLSLevel {
            switch self {
            case .encryptionOnly: .encryption
            case .certificateValidation: .certificate
            case .domainValidation: .domain
            }
        }
    }

    @Argument(help: "HOST, HOST:PORT, ADDRESS or [ADDRESS]:PORT.")
    var hosts: [String] = []

    @Option(help: ArgumentHelp("A file with a host on each line; # begins a comment.", valueName: "file"))
    var targets: String?

    @Option(help: ArgumentHelp("What the connector would demand of the server's certificate.", valueName: "level"))
    var trust: Trust = .certificateValidation

    @Option(help: ArgumentHelp("The name that the certificate must carry, with domain-validation.", valueName: "name"))
    var tlsDomain: String?

    @Option(help: ArgumentHelp("How many servers are asked at once.", valueName: "number"))
    var concurrency = 16

    @Option(help: ArgumentHelp("The configuration whose gate settings hold.", valueName: "file"))
    var config: String?

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    @OptionGroup var terminal: TerminalOptions

    func validate() throws {
        if hosts.isEmpty && targets == nil { throw ValidationError("Name a host, or a file of them with --targets.") }
        if tlsDomain != nil && trust != .domainValidation {
            throw ValidationError("--tls-domain works only with --trust domain-validation.")
        }
        guard (1...256).contains(concurrency) else {
            throw ValidationError("--concurrency takes a number from 1 to 256.")
        }
    }

    func run() async throws {
        try await reporting(output) {
            let interrupts = Interrupts()
            let progress = ProgressLine()
            progress.set("asking the servers", for: "probe")
            defer { progress.end() }
            let settings = try gateSettings()
            let targets = try named().map { try ProbeAddress($0, defaultPort: settings.port) }
            let (level, name, window) = (trust.level, tlsDomain, concurrency)
            let document = try await interrupts.cancelling {
                ProbeDocument(
                    servers: try await ServerQuestion(gate: settings).judge(
                        targets.map { ($0.text, $0.host, $0.port) },
                        level: level,
                        tlsDomain: name,
                        window: window
                    )
                )
            }
            progress.end()
            switch output {
            case .text: Terminal.print(GateReport.text(document, style: Terminal.style))
            case .json: Terminal.print(document.json)
            }
            return ExitCode(document.exitStatus)
        }
    }

    /// The settings of the configuration that was named, or is where one is looked for; else the defaults.
    private func gateSettings() throws -> GateSettings {
        let environment = ProcessInfo.processInfo.environment
        let isThere =
            ConfigurationReader.named(config, environment) != nil
            || FileManager.default.fileExists(atPath: ConfigurationReader.defaultFile)
        guard isThere else { return GateSettings() }
        return try ConfigurationReader.read(path: config, environment: environment, requiresSources: false).gate
    }

    /// The largest file of hosts that is read, in bytes.
    private static let maximumTargets = 16 << 20

    private func named() throws -> [String] {
        guard let targets else { return hosts }
        guard let bytes = BoundedFile.read(targets, limit: Self.maximumTargets), bytes.count <= Self.maximumTargets
        else {
            throw CommandFailure(
                .error,
                id: "file-unreadable",
                "The file \(targets) cannot be read, or has more than \(Self.maximumTargets) bytes.",
                remedy: "Name a file with a host on each line."
            )
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
            line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).first
        }
        return hosts + lines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}

/// A server as it is named on a command line.
struct ProbeAddress: Sendable {
    let text: String
    let host: String
    let port: Int

    init(_ text: String, defaultPort: Int) throws {
        var host = text
        var port: Int? = defaultPort
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = String(text[text.index(after: text.startIndex)..<end])
            let rest = text[text.index(after: end)...]
            if rest.hasPrefix(":") { port = Int(rest.dropFirst()) } else if !rest.isEmpty { port = nil }
        } else if text.filter({ $0 == ":" }).count == 1, let colon = text.firstIndex(of: ":") {
            host = String(text[..<colon])
            port = Int(text[text.index(after: colon)...])
        }
        guard let port, (1...65_535).contains(port), NameReference(host) != nil, !host.hasPrefix("*") else {
            throw CommandFailure(
                .usage,
                id: "host-syntax",
                "\"\(text)\" is not a mail server's name or address.",
                remedy: "Write HOST, HOST:PORT, ADDRESS or [ADDRESS]:PORT, as in mx1.fabrikam.com:25."
            )
        }
        self.text = text
        self.host = host
        self.port = port
    }
}
