package import Configuration
import Probing
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
        let looks = await servers.concurrently(window: window) { server -> Result<PartnerObservations, RunStop> in
            do throws(RunStop) {
                return .success(try await gatekeeper.look(at: server.host, port: server.port, level: level))
            } catch {
                return .failure(error)
            }
        }
        let seen = try looks.map { try $0.get() }
        let vantage = Vantage(seen)
        var answers: [ProbeDocument.Server] = []
        for (server, observations) in zip(servers, seen) {
            let judgement = try await gatekeeper.judge(
                server: server.host,
                port: server.port,
                level: level,
                tlsDomain: tlsDomain,
                observations: observations,
                vantage: vantage
            )
            answers.append(ProbeDocument.Server(target: server.text, judgement: judgement))
        }
        return answers
    }
}
