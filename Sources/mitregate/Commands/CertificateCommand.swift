import ArgumentParser
import Connectors
import Foundation
import Reports
import TLSGate

struct CertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: "Judge certificates in files.",
        subcommands: [Verify.self]
    )

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Judge a chain as the gate does, and list every error in it.",
            usage: "mitregate certificate verify --chain <file> [--name <host>] [<options>]",
            discussion: "Exit codes: 0 valid, 3 not valid, 1 something could not be read."
        )

        @Option(help: ArgumentHelp("PEM: the server's certificate, then what it sends along.", valueName: "file"))
        var chain: String

        @Option(help: ArgumentHelp("PEM: the trusted roots; without it, the system's.", valueName: "file"))
        var roots: String = "/etc/ssl/certs/ca-certificates.crt"

        @Option(
            help: ArgumentHelp(
                "The name or address that it must carry; *.contoso.com as in TlsDomain.",
                valueName: "host"
            )
        )
        var name: String?

        @Option(help: ArgumentHelp("The time of the judgement, RFC 3339; without it, now.", valueName: "time"))
        var at: String?

        @Option(name: .shortAndLong, help: OutputFormat.help)
        var output: OutputFormat = .text

        @OptionGroup var terminal: TerminalOptions

        func run() async throws {
            try await reporting(output) {
                let instant = try at.map { try Self.instant($0) } ?? Date()
                let reference = try name.map { try Self.reference($0) }
                let report = CertificateChainJudge.verify(
                    chain: try Self.read(chain) { try PEM.certificates(in: $0) },
                    roots: try Self.read(roots) { try TrustRoots(pem: $0) },
                    name: reference,
                    at: instant
                )
                let document = CertificateDocument(report: report)
                switch output {
                case .text: Terminal.print(GateReport.text(document, style: Terminal.style))
                case .json: Terminal.print(document.json)
                }
                return ExitCode(document.exitStatus)
            }
        }

        private static func instant(_ text: String) throws -> Date {
            guard let date = Timestamp.instant(text) else {
                throw CommandFailure(
                    .usage,
                    id: "time-syntax",
                    "\"\(text)\" is not a time.",
                    remedy: "Write it as RFC 3339 has it: 2026-11-25T12:00:00Z."
                )
            }
            return date
        }

        private static func reference(_ text: String) throws -> NameReference {
            guard let reference = NameReference(text) else {
                throw CommandFailure(
                    .usage,
                    id: "name-syntax",
                    "\"\(text)\" is neither a host name, nor *.domain, nor an address.",
                    remedy: "Write the bare name, as in mail.contoso.com."
                )
            }
            return reference
        }

        /// The most that is read of a file of certificates, in bytes.
        private static let maximumFile = 16 << 20

        private static func read<Value>(_ file: String, _ parse: ([UInt8]) throws -> Value) throws -> Value {
            guard let bytes = BoundedFile.read(file, limit: maximumFile) else {
                throw CommandFailure(
                    .error,
                    id: "file-unreadable",
                    "The file \(file) cannot be read.",
                    remedy: "Name a file of certificates in PEM."
                )
            }
            do {
                return try parse(bytes)
            } catch let error as CertificateError {
                throw CommandFailure(
                    .error,
                    id: "certificate-unreadable",
                    "\(file): \(error.reason).",
                    remedy: error.remedy
                )
            }
        }
    }
}
