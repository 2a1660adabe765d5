import FoundationEssentials
import Probing

/// What the gate saw before a run, as it is kept with the run: it can be judged again later.
struct GateEvidence: Codable {
    var kind = "Observations"
    var observations: [PartnerObservations]

    init(observations: [PartnerObservations]) { self.observations = observations }

    /// Reads what was kept; `nil` for evidence of another kind.
    init?(json: String) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let kept = try? decoder.decode(GateEvidence.self, from: Data(json.utf8)), kept.kind == "Observations"
        else { return nil }
        self = kept
    }

    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
