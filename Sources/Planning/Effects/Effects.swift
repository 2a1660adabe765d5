import Connectors

/// What a change does to which mail, in sentences that need no manual.
struct Effects {
    let before: NormalSettings?
    let after: NormalSettings?
    private(set) var sentences: [String] = []

    init(_ kind: ConnectorKind, before: NormalSettings?, after: NormalSettings?, renamedTo name: String? = nil) {
        self.before = before
        self.after = after
        switch kind {
        case .outboundConnector: describeOutbound()
        case .inboundConnector: describeInbound()
        case .transportRule: describeRule()
        }
        if let name { say("It will be called \"\(name.escapingControls)\".") }
        if sentences.isEmpty { say("Nothing changes for mail.") }
    }

    mutating func say(_ sentence: String) {
        if !sentences.contains(sentence) { sentences.append(sentence) }
    }

    func turnsOn(_ field: String) -> Bool { after?.isOn(field) == true && before?.isOn(field) != true }

    func turnsOff(_ field: String) -> Bool { before?.isOn(field) == true && after?.isOn(field) != true }
}
