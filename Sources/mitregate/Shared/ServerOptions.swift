import ArgumentParser
import Configuration
import Connectors
import Foundation
import Reports
import Site
import Transfers

/// How the controller is reached, and with which token.
struct ControllerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The controller's address; else MITREGATE_SERVER_URL, else server.listen of the configuration.",
            valueName: "url"
        )
    )
    var server: String?

    @Option(
        help: ArgumentHelp("A file with the controller's token; else MITREGATE_SERVER_TOKEN.", valueName: "file"),
        completion: .file()
    )
    var tokenFile: String?

    /// Whoever named the controller, else the configuration.
    ///
    /// - Parameter config: The configuration's file; read only where no option names the controller.
    func address(_ config: String?) throws -> ControllerAddress {
        let environment = ProcessInfo.processInfo.environment
        let variable = environment["MITREGATE_SERVER_URL"].flatMap { $0.isEmpty ? nil : $0 }
        guard let text = server ?? variable else {
            return ControllerAddress(try ConfigurationReader.read(path: config, environment: environment))
        }
        guard let address = ControllerAddress(named: text) else {
            throw CommandFailure(
                .usage,
                id: "server-address",
                "\(server == nil ? "MITREGATE_SERVER_URL" : "--server") is not a web address: \"\(text.escapingControls)\".",
                remedy: "Write it as http://127.0.0.1:8080, or as https://mitregate.contoso.com."
            )
        }
        return address
    }

    func client(_ config: String?) throws -> SiteClient { try SiteClient(try address(config), tokenFile: tokenFile) }

    /// Why a command may go on with the store instead of the controller.
    enum Fallback {
        /// No controller is at work where the configuration has it.
        case noController
        /// The same, or the controller does not answer whoever named it, or does not tell us: for what only reads.
        case noAnswer
    }

    /// Asks the controller, if one answers.
    ///
    /// - Parameter config: The configuration's file.
    /// - Returns: `nil` where the command is to go on with the store; standard error says why.
    /// - Throws: What the controller answered, or that it did not and nothing else will do.
    func asking<Answer>(
        _ config: String?,
        or fallback: Fallback,
        _ body: (SiteClient) async throws -> Answer
    ) async throws -> Answer? {
        let address = try address(config)
        do {
            return try await body(SiteClient(address, tokenFile: tokenFile, timeout: .seconds(10)))
        } catch let failure as CommandFailure {
            guard let error = failure.errors.first, address.allows(fallback, after: error.id) else { throw failure }
            // Whoever named a controller may have no configuration at hand.
            guard (try? ConfigurationReader.read(path: config, environment: ProcessInfo.processInfo.environment)) != nil
            else { throw failure }
            if address.origin != .listen(isConfigured: false) {
                Terminal.note("! \(error.message) This is read from the store instead.")
            }
            return nil
        }
    }
}

extension ControllerAddress {
    fileprivate func allows(_ fallback: ControllerOptions.Fallback, after error: String) -> Bool {
        switch (origin, fallback) {
        case (.named, .noController): false
        case (.named, .noAnswer): error == SiteClient.unreachable
        case (.listen, .noController): [SiteClient.unreachable, SiteClient.stranger].contains(error)
        case (.listen, .noAnswer):
            [SiteClient.unreachable, SiteClient.stranger, "token-missing", "token-insufficient"].contains(error)
        }
    }
}

/// Where the controller is reached, for a command that does nothing without it.
struct ServerOptions: ParsableArguments {
    @OptionGroup var controller: ControllerOptions

    @Option(
        help: ArgumentHelp(
            "The configuration; else MITREGATE_CONFIG names it, else it is mitregate.yaml.",
            valueName: "file"
        ),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var config: String?

    @OptionGroup var terminal: TerminalOptions

    func client() throws -> SiteClient { try controller.client(config) }
}

/// Asks a controller's API.
struct SiteClient: Sendable {
    /// What a failure is called where nothing answered.
    static let unreachable = "server-unreachable"
    /// What a failure is called where something answered that is not a controller of this version.
    static let stranger = "server-answer"

    private let address: ControllerAddress
    private let token: String?
    private let pool: TransferPool
    private let timeout: Duration

    /// - Parameters:
    ///   - tokenFile: Holds the token; else MITREGATE_SERVER_TOKEN does.
    ///   - timeout: For each answer.
    /// - Throws: Also where a token would travel in clear.
    init(_ address: ControllerAddress, tokenFile: String?, timeout: Duration = .seconds(30)) throws {
        let environment = ProcessInfo.processInfo.environment
        let named = environment["MITREGATE_SERVER_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
        token = try tokenFile.map { try SecretReference.file($0).resolve() } ?? named
        guard token == nil || !address.isOpenToReaders else {
            throw CommandFailure(
                .usage,
                id: "server-in-clear",
                "The token would travel in the clear to \(address.url.escapingControls), where others can read it. Nothing was sent.",
                remedy: "Name the controller by https with --server or MITREGATE_SERVER_URL."
            )
        }
        self.address = address
        self.timeout = timeout
        let caFile = environment["SSL_CERT_FILE"].flatMap { $0.isEmpty ? nil : $0 }
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
                    address.url + path,
                    headers: headers,
                    body: body,
                    timeout: timeout,
                    maximumResponseSize: 64 << 20,
                    isRepeatable: method == .get
                )
            )
        } catch let error as TransferError {
            throw CommandFailure(
                .error,
                id: Self.unreachable,
                "The controller at \(address.url.escapingControls) did not answer. \(error.description.escapingControls)",
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
                id: Self.stranger,
                "The server answered with status \(response.status), which is not how Mitregate's controller answers.",
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
                id: Self.stranger,
                "The controller's answer cannot be read: \("\(error)".escapingControls.prefix(300))",
                remedy: "Use a command of the controller's own version."
            )
        }
    }
}
