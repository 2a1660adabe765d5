import Crypto
import FoundationEssentials
import Planning
package import Probing
import StateStore

/// What the gate saw of one next hop before a run, as it is kept with the run: it can be judged again later.
///
/// A certificate is kept once, however many servers showed it.
package struct GateEvidence: Codable {
    var kind = "Observations"
    /// In these, a certificate is the 32 bytes of its SHA-256.
    private var observations: [PartnerObservations]
    /// DER by the SHA-256 in hex digits; `nil` where there was no room for it.
    private var certificates: [String: Base64Bytes]?

    /// As it is stored: JSON, and what it is asked for by.
    package struct Row: Hashable, Sendable {
        package var subject: String?
        package var json: String
    }

    /// How much is kept, in bytes of UTF-8.
    package struct Limits {
        /// One row, which is one next hop.
        package var row = StateStoreLimits.evidence
        /// What a run keeps; past it, digests alone.
        package var run = 64 << 20

        package init() {}
    }

    /// Of a run whose connectors lead to no server that could be asked.
    private init() { observations = [] }

    init(_ seen: PartnerObservations) {
        var (observations, certificates) = (seen, [String: Base64Bytes]())
        for host in observations.hosts.indices {
            for probe in observations.hosts[host].probes.indices {
                observations.hosts[host].probes[probe].presentedChain =
                    seen.hosts[host].probes[probe].presentedChain.map { certificate in
                        let digest = Base64Bytes(Array(SHA256.hash(data: certificate.bytes)))
                        certificates[digest.hex] = certificate
                        return digest
                    }
            }
        }
        self.observations = [observations]
        self.certificates = certificates
    }

    /// Reads what was kept; `nil` for evidence of another kind.
    package init?(json: String) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let kept = try? decoder.decode(GateEvidence.self, from: Data(json.utf8)), kept.kind == "Observations"
        else { return nil }
        self = kept
    }

    /// What evidence of a next hop is asked for by: the next hop as it stands in the JSON.
    package static func subject(of nextHop: NextHop) -> String { text(of: nextHop) }

    /// What was seen, with the certificates where they were kept; a chain of which one is missing is empty.
    package var seen: [PartnerObservations] {
        guard let certificates else { return observations }
        return observations.map { kept in
            var seen = kept
            for host in seen.hosts.indices {
                for probe in seen.hosts[host].probes.indices {
                    let chain = kept.hosts[host].probes[probe].presentedChain
                    let whole = chain.compactMap { certificates[$0.hex] }
                    seen.hosts[host].probes[probe].presentedChain = whole.count == chain.count ? whole : []
                }
            }
            return seen
        }
    }

    /// The rows to keep of what a run saw, one for each next hop.
    package static func rows(of seen: [PartnerObservations], limits: Limits = Limits()) -> [Row] {
        guard !seen.isEmpty else { return [Row(json: GateEvidence().json)] }
        var rest = limits.run
        return seen.compactMap { partner in
            var evidence = GateEvidence(partner)
            // Written as JSON, they would take many times their bytes for nothing.
            if evidence.certificateSize > min(limits.row, rest) { evidence.certificates = [:] }
            var json = evidence.json
            if json.utf8.count > min(limits.row, rest) {
                evidence.certificates = [:]
                json = evidence.json
            }
            if json.utf8.count > limits.row {
                evidence.observations = evidence.observations.map(\.shortened)
                json = evidence.json
            }
            guard json.utf8.count <= limits.row else { return nil }
            rest = max(0, rest - json.utf8.count)
            return Row(subject: subject(of: partner.nextHop), json: json)
        }
    }

    /// Of the certificates in base64, in bytes.
    private var certificateSize: Int { certificates?.values.reduce(0) { $0 + $1.bytes.count * 4 / 3 } ?? 0 }

    private var json: String { Self.text(of: self) }

    private static func text(of value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

extension PartnerObservations {
    /// The same without what is long and only explains: dialogues, policies' texts, stapled answers.
    fileprivate var shortened: PartnerObservations {
        var short = self
        for host in short.hosts.indices {
            short.hosts[host].ipv4?.answers = []
            short.hosts[host].ipv6?.answers = []
            for probe in short.hosts[host].probes.indices {
                short.hosts[host].probes[probe].transcript = []
                short.hosts[host].probes[probe].extensions = nil
                short.hosts[host].probes[probe].extensionsInTLS = nil
                short.hosts[host].probes[probe].stapledOCSP = nil
                for phase in short.hosts[host].probes[probe].phases.indices {
                    short.hosts[host].probes[probe].phases[phase].reply?.lines = []
                }
            }
        }
        short.mx?.answers = []
        short.tlsReporting = nil
        short.mtaSTS = []
        return short
    }
}

extension Base64Bytes {
    fileprivate var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension GateEvidence.Row {
    func evidence(of record: RunRecord, at instant: Date) -> Evidence {
        Evidence(run: record.id, tenant: record.tenant, subject: subject, json: json, at: instant)
    }
}
