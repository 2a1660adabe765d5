import Connectors
import Planning
import TLSGate

/// The plan's own keys, and the gate's next to them: a change and what is found about it are read together.
extension TenantPlan: Codable {
    private enum Key: String, CodingKey {
        case tenant, changes, changesDigest, drift, verdict, connectors, errors, exitCode
    }

    package func encode(to encoder: any Encoder) throws {
        try plan?.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(tenant, forKey: .tenant)
        try container.encode(exitStatus.rawValue, forKey: .exitCode)
        guard let plan else {
            try container.encode(errors, forKey: .errors)
            return
        }
        try container.encode(plan.changesDigest, forKey: .changesDigest)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(told, forKey: .drift)
        try container.encode(plan.changes.map { JudgedChange($0, judgement(of: $0.key)) }, forKey: .changes)
        let changed = Set(plan.changes.map(\.key))
        try container.encodeIfPresent(judgements?.filter { !changed.contains($0.connector) }, forKey: .connectors)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let code = try container.decode(Int32.self, forKey: .exitCode)
        guard let status = ExitStatus(rawValue: code) else {
            throw DecodingError.dataCorruptedError(
                forKey: .exitCode,
                in: container,
                debugDescription: "it is not one of our exit codes"
            )
        }
        if let errors = try container.decodeIfPresent([ErrorEntry].self, forKey: .errors) {
            self.init(tenant: try container.decode(String.self, forKey: .tenant), errors: errors, exitStatus: status)
            return
        }
        let others = try container.decodeIfPresent([Judgement].self, forKey: .connectors)
        let judged = try container.decode([JudgedChange].self, forKey: .changes).compactMap(\.judgement)
        self.init(plan: try Plan(from: decoder), judgements: others.map { judged + $0 }, exitStatus: status)
    }
}

/// A change with the gate's findings next to its own keys.
private struct JudgedChange: Codable {
    let change: Change
    let judgement: Judgement?

    private enum Key: String, CodingKey { case digest, verdict, findings, gate }

    init(_ change: Change, _ judgement: Judgement?) {
        self.change = change
        self.judgement = judgement
    }

    func encode(to encoder: any Encoder) throws {
        try change.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(change.digest, forKey: .digest)
        try container.encode(judgement?.verdict, forKey: .verdict)
        try container.encode(judgement?.findings ?? [], forKey: .findings)
        guard var rest = judgement else { return }
        rest.findings = []
        try container.encode(rest, forKey: .gate)
    }

    init(from decoder: any Decoder) throws {
        change = try Change(from: decoder)
        let container = try decoder.container(keyedBy: Key.self)
        var judgement = try container.decodeIfPresent(Judgement.self, forKey: .gate)
        judgement?.findings = try container.decode([Finding].self, forKey: .findings)
        self.judgement = judgement
    }
}
