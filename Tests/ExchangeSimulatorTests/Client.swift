import ExchangeSimulator
import Foundation
import FoundationNetworking

/// The smallest client that can speak to the simulator; it follows no redirect.
struct Client: Sendable {
    private final class StaysPut: NSObject, URLSessionTaskDelegate {
        func urlSession(
            _ session: URLSession,
            task: URLSessionTask,
            willPerformHTTPRedirection response: HTTPURLResponse,
            newRequest request: URLRequest,
            completionHandler: @escaping @Sendable (URLRequest?) -> Void
        ) {
            completionHandler(nil)
        }
    }

    let simulator: ExchangeSimulator
    private let session: URLSession
    private var token: String?

    init(_ simulator: ExchangeSimulator) {
        self.simulator = simulator
        session = URLSession(configuration: .ephemeral, delegate: StaysPut(), delegateQueue: nil)
    }

    func end() { session.invalidateAndCancel() }

    func send(
        _ method: String,
        _ path: String,
        headers: [String: String] = [:],
        body: String? = nil
    ) async throws -> Reply {
        let text = path.hasPrefix("http") ? path : simulator.url + path
        guard let url = URL(string: text) else { throw URLError(.badURL) }
        var request = URLRequest(url: url, timeoutInterval: 60)
        request.httpMethod = method
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        request.httpBody = body.map { Data($0.utf8) }
        let (data, response) = try await session.data(for: request)
        guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
        var fields: [String: String] = [:]
        for (name, value) in response.allHeaderFields { fields["\(name)".lowercased()] = "\(value)" }
        return Reply(status: response.statusCode, headers: fields, body: data)
    }

    // MARK: Tokens

    static let form = [
        "grant_type": "client_credentials", "client_id": Seeds.admin, "client_secret": "s3cret",
        "scope": "https://outlook.office365.com/.default",
    ]

    /// Asks for a token; `changes` replace fields of `form`, nil removes one.
    func askForToken(_ changes: [String: String?] = [:], tenant: String = Seeds.tenant) async throws -> Reply {
        var form: [String: String?] = Self.form
        for (name, value) in changes { form[name] = value }
        let body = form.compactMap { name, value in value.map { "\(name)=\(Self.escaped($0))" } }
        let type = "application/x-www-form-urlencoded"
        return try await send(
            "POST",
            "/\(tenant)/oauth2/v2.0/token",
            headers: ["Content-Type": type],
            body: body.sorted().joined(separator: "&")
        )
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    /// The same client with a token of its own.
    func signedIn(_ changes: [String: String?] = [:]) async throws -> Client {
        var client = self
        client.token = try await askForToken(changes).json["access_token"] as? String
        return client
    }

    func holding(_ token: String?) -> Client {
        var client = self
        client.token = token
        return client
    }

    // MARK: Cmdlets

    static func body(_ cmdlet: String, _ parameters: String) -> String {
        #"{"CmdletInput":{"CmdletName":"\#(cmdlet)","Parameters":\#(parameters)}}"#
    }

    static let path = "/adminapi/beta/\(Seeds.tenant)/InvokeCommand"

    func invoke(
        _ cmdlet: String,
        _ parameters: String = "{}",
        path: String = path,
        headers: [String: String] = [:]
    ) async throws -> Reply {
        let type = ["Content-Type": "application/json"].merging(headers) { $1 }
        return try await send("POST", path, headers: type, body: Self.body(cmdlet, parameters))
    }

    /// The one row of an object, by name.
    func row(_ noun: String, _ name: String) async throws -> [String: Any] {
        try await invoke("Get-\(noun)").rows.first { $0["Name"] as? String == name } ?? [:]
    }
}

/// Starts a simulator, signs a client in as its administrator, and ends both afterwards.
func withSimulator(
    seed: String = Seeds.usual(),
    latency: Duration = .zero,
    now: @escaping @Sendable () -> Date = { Seeds.now },
    _ body: (Client) async throws -> Void
) async throws {
    let simulator = try await ExchangeSimulator.start(seed: seed, latency: latency, now: now)
    let client = Client(simulator)
    let result: Result<Void, any Error>
    do {
        try await body(try await client.signedIn())
        result = .success(())
    } catch {
        result = .failure(error)
    }
    client.end()
    await simulator.stop()
    try result.get()
}
