package import TLSGate

/// What the gate says of servers that were named on the command line.
package struct ProbeDocument: ReportDocument, Hashable {
    package static let kind = "Probe"
    package static let formatVersion = "2.0"

    package struct Server: Hashable, Sendable, Encodable {
        /// As it was named.
        package var target: String
        package var verdict: Verdict
        package var judgement: Judgement

        private enum Key: String, CodingKey { case target }

        package func encode(to encoder: any Encoder) throws {
            try judgement.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(target, forKey: .target)
        }

        package init(target: String, judgement: Judgement) {
            self.target = target
            verdict = judgement.verdict
            self.judgement = judgement
        }
    }

    package var servers: [Server]

    package init(servers: [Server]) { self.servers = servers }

    package var exitStatus: ExitStatus { .combined(servers.map { ExitStatus($0.verdict) }) }

    private enum Key: String, CodingKey { case servers }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(servers, forKey: .servers)
    }
}
