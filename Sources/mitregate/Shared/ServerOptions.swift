import ArgumentParser
import Configuration
import Connectors
import Foundation
import Reports
import Site
import Transfers

/// Where the controller is reached, and with which token.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The controller's address; else MITREGATE_SERVER_URL, else server.listen of the configuration.",
            valueName: "url"
        )
    )
    var server: String?

    @Option(
        help: ArgumentHelp("A file with the token; else MITREGATE_SERVER_TOKEN.", valueName: "file"),
        completion: .file()
    )
    var tokenFile: String?

    @Option(
        help: ArgumentHelp(
            "The configuration; else MITREGATE_CONFIG names it, else it is mitregate.yaml.",
            valueName: "file"
        ),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var config: String?

    @OptionGroup var terminal: TerminalOptions

    func client() throws -> SiteClient {
        let environment = ProcessInfo.processInfo.environment
        let given = server ?? environment["MITREGATE_SERVER_URL"].flatMap { $0.isEmpty ? nil : $0 }
        let address: String
        if let given {
            address = given
        } else {
            let configuration = try ConfigurationReader.read(path: config, environment: environment)
            let settings = configuration.server
            let host = ["0.0.0.0", "::"].contains(settings.host) ? "localhost" : settings.host
            let scheme = settings.tls == nil ? "http" : "https"
            address = "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(settings.port)"
        }
        return try SiteClient(address: address, tokenFile: tokenFile)
    }
}

/// Asks a controller's API.
struct SiteClient: Sendable {
    private let address: String
    private let token: String?
    private let pool: TransferPool

    /// - Parameter tokenFile: Holds the token; else MITREGATE_SERVER_TOKEN does.
    init(address: String, tokenFile: String?) throws {
        let environment = ProcessInfo.processInfo.environment
        let named = environment["MITREGATE_SERVER_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
        try self.init(
            address: address,
            token: try tokenFile.map { try SecretReference.file($0).resolve() } ?? named,
            caFile: environment["SSL_CERT_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        )
    }

    init(address: String, token: String?, caFile: String?) throws {
        var trimmed = address
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.address = trimmed
        self.token = token
        pool = try TransferPool(TransferPool.Options(caFile: caFile))
    }

    func get<Answer: Decodable>(_ path: String, query: [(String, String)] = []) async throws -> Answer {
        let text = query.map { "\($0.0)=\(Self.encoded($0.1))" }.joined(separator: "&")
        return try decoded(try await send(.get, path + (text.isEmpty ? "" : "?\(text)"), body: nil))
    }

    func post<Answer: Decodable>(_ path: String, _ body: [String: String]) async throws -> Answer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try decoded(try await send(.post, path, body: [UInt8](try encoder.encode(body))))
    }

    func delete(_ path: String) async throws { _ = try await send(.delete, path, body: nil) }

    /// A part of a path.
    static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [45, 46, 95, 126].contains(byte)
            let hex = String(byte, radix: 16, uppercase: true)
            result += isPlain ? String(UnicodeScalar(byte)) : "%\(hex.count == 1 ? "0" : "")\(hex)"
        }
    }

    private func send(_ method: HTTPRequest.Method, _ path: String, body: [UInt8]?) async throws -> [UInt8] {
        var headers: [(name: String, value: String)] = [("Accept", "application/json")]
        if let token { headers.append(("Authorization", "Bearer \(token)")) }
        if body != nil { headers.append(("Content-Type", "application/json")) }
        let response: HTTPResponse
        do {
            response = try await pool.send(
                HTTPRequest(
                    method,
                    address + path,
                    headers: headers,
                    body: body,
                    timeout: .seconds(30),
                    maximumResponseSize: 64 << 20,
                    isRepeatable: method == .get
                )
            )
        } catch let error as TransferError {
            throw CommandFailure(
                .error,
                id: "server-unreachable",
                "The controller at \(address.escapingControls) did not answer. \(error.description)",
                remedy: "Start it with `mitregate controller`, or name it with --server or MITREGATE_SERVER_URL."
            )
        }
        guard (200..<300).contains(response.status) else { throw Self.failure(response) }
        return response.body
    }

    private static func failure(_ response: HTTPResponse) -> CommandFailure {
        let problem = try? JSONDecoder().decode(ProblemDetails.self, from: Data(response.body))
        guard let problem else {
            return CommandFailure(
                .error,
                id: "server-answer",
                "The server answered with status \(response.status), and not as a controller of Mitregate would.",
                remedy: "Check the address."
            )
        }
        return CommandFailure(
            problem.status == 404 || problem.status == 400 ? .usage : .error,
            id: problem.id,
            problem.detail.escapingControls,
            remedy: problem.remedy.escapingControls
        )
    }

    private func decoded<Answer: Decodable>(_ bytes: [UInt8]) throws -> Answer {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            let text = try container.decode(String.self)
            guard let date = Timestamp.instant(text) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "it is not an RFC 3339 time")
            }
            return date
        }
        do {
            return try decoder.decode(Answer.self, from: Data(bytes))
        } catch {
            throw CommandFailure(
                .error,
                id: "server-answer",
                "The controller's answer cannot be read: \("\(error)".escapingControls.prefix(300))",
                remedy: "Use a command of the controller's own version."
            )
        }
    }
}
