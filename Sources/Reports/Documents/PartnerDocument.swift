import Connectors
package import TLSGate

/// The sheet for a partner, and the facts that it is written from.
package struct PartnerDocument: ReportDocument {
    package static let kind = "PartnerSheet"
    /// 1.1 added all but `tenant`, `name` and `text`.
    package static let formatVersion = "1.1"

    package var tenant: String
    package var sheet: PartnerSheet

    package init(tenant: String, sheet: PartnerSheet) {
        self.tenant = tenant
        self.sheet = sheet
    }

    private enum Key: String, CodingKey { case tenant, name, text, ourDomains, microsoft, outbound, inbound }

    private struct Microsoft: Encodable {
        var certificateName: String
        var root: String
        var rootSHA1: String
    }

    /// One direction: the connector's fields, and what the gate says of it.
    private struct Direction: Encodable {
        var settings: Settings
        var verdict: Verdict?
        var findings: [Finding]
        var gate: Judgement?

        private enum Key: String, CodingKey { case settings, verdict, findings, gate }

        init(_ settings: Settings, _ judgement: Judgement?) {
            self.settings = settings
            verdict = judgement?.verdict
            findings = judgement?.findings ?? []
            gate = judgement
            gate?.findings = []
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(settings, forKey: .settings)
            try container.encode(verdict, forKey: .verdict)
            try container.encode(findings, forKey: .findings)
            try container.encodeIfPresent(gate, forKey: .gate)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(tenant, forKey: .tenant)
        try container.encode(sheet.name, forKey: .name)
        try container.encode(sheet.text(), forKey: .text)
        try container.encode(sheet.ourDomains, forKey: .ourDomains)
        let microsoft = Microsoft(
            certificateName: sheet.microsoft.certificateName,
            root: sheet.microsoft.root,
            rootSHA1: sheet.microsoft.rootSHA1
        )
        try container.encode(microsoft, forKey: .microsoft)
        let outbound = sheet.outbound.map { Direction($0, sheet.outboundJudgement) }
        let inbound = sheet.inbound.map { Direction($0, sheet.inboundJudgement) }
        try container.encodeIfPresent(outbound, forKey: .outbound)
        try container.encodeIfPresent(inbound, forKey: .inbound)
    }
}
