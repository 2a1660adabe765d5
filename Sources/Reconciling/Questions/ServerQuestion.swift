package import Configuration
import Logging
package import Reports
package import TLSGate

/// Judges servers that are named on a command line; there is no tenant, no repository and no store.
package struct ServerQuestion: Sendable {
    private let gatekeeper: Gatekeeper

    package init(gate: GateSettings) {
        gatekeeper = Gatekeeper(settings: gate)
    }

    /// - Parameter servers: How each was named, its host name or address, and its port.
    package func judge(
        _ servers: [(text: String, host: String, port: Int)],
        level: TLSLevel,
        tlsDomain: String?,
        window: Int
    ) async throws -> [ProbeDocument.Server] {
        let gatekeeper = gatekeeper
        let answers = await servers.concurrently(window: window) { server -> Result<ProbeDocument.Server, RunStop> in
            do throws(RunStop) {
                let (judgement, _) = try await gatekeeper.judge(
                    server: server.host,
                    port: server.port,
                    level: level,
                    tlsDomain: tlsDomain
                )
                return .success(ProbeDocument.Server(target: server.text, judgement: judgement))
            } catch {
                return .failure(error)
            }
        }
        return try answers.map { try $0.get() }
    }
}
