import Connectors
import FoundationEssentials

/// What is said of a watch, in sentences; no address, subject or text is among it.
extension Watch {
    /// The domains whose mail is watched, as the definitions have them.
    package var scopeText: String {
        let field = object.kind == .inboundConnector ? "senderDomains" : "recipientDomains"
        let images = [change.connector.after, change.connector.before]
        var domains = images.flatMap { $0?[field]?.strings ?? [] }
        domains += change.rules.flatMap { [$0.after, $0.before] }.flatMap { $0?["recipientDomainIs"]?.strings ?? [] }
        if images.contains(where: { $0?["allAcceptedDomains"] == true }) { domains.append("all accepted domains") }
        var seen: Set<String> = []
        let names = domains.filter { seen.insert($0).inserted }.map(\.escapingControls)
        switch names.count {
        case 0: return "this connector"
        case 1: return names[0]
        case 2: return "\(names[0]) and \(names[1])"
        default: return "\(names[0]), \(names[1]) and \(names.count - 2) more"
        }
    }

    /// What happened to the mail, in one sentence.
    package var headline: String {
        guard let verdict else {
            return
                "\(counters.good) good and \(counters.bad) bad messages to \(scopeText) counted since \(clock(settledAt))."
        }
        let what =
            switch verdict.witness {
            case .statistic:
                "\(counters.bad) of \(counters.counted) messages to \(scopeText) received since \(clock(settledAt))"
            case .twoMessages: "Two messages to \(scopeText) received since \(clock(appliedAt))"
            }
        let code = verdict.code.isEmpty ? "" : "\(verdict.code) "
        let host = verdict.host.flatMap { $0.name ?? $0.address }.map { " (\($0))" } ?? ""
        return "\(what) could not be delivered: \(code)\(verdict.cause.phrase)\(host)."
    }

    /// The state in sentences, for an event or a request.
    package var statement: String { sentences.joined(separator: " ") }

    /// The state in sentences, one by one.
    var sentences: [String] {
        switch state {
        case .settling: ["The watch over mail goes on; the new settings may not be in use yet."]
        case .watching: ["Mail to \(scopeText) is watched until \(Timestamp.text(end))."]
        case .suspended:
            ["Mail fails at many partners at once, so nothing is decided about this change until that is over."]
        case .takingBack: [headline, "Run \(takeBackRun ?? "") takes the change back."]
        case .flows:
            [
                object.kind == .inboundConnector
                    ? "Mail from \(scopeText) is accepted."
                    : "Mail to \(scopeText) flows: \(counters.good) good, \(counters.bad) bad."
            ]
        case .notJudged: [notJudgedText]
        case .regressedTakenBack: [headline, "Run \(takeBackRun ?? "") took the change back."]
        case .regressedHeld: [headline, heldText, "To take it back: mitregate rollback \(run)"]
        case .superseded, .endedByPerson: ["The watch is over: \(note)."]
        }
    }

    private var notJudgedText: String {
        let why =
            switch reason {
            case .tooLittleMail: "too little mail: \(counters.counted) messages counted"
            case .traceUnreadable: "the message trace could not be read"
            case .tooMuchMail: "too much mail to read"
            case .scopeNotTraceable: "which mail takes this connector cannot be told from a trace"
            case .baseRate: baseRateText
            case .suspended: "mail failed at many partners at once until the end"
            case .clockSkewed: "the service's time went back, jumped or was not told"
            case .silent: "no mail was accepted, and nothing shows whether it was refused"
            default: "nothing was decided"
            }
        return "Whether mail flows was not judged: \(why)."
    }

    private var baseRateText: String {
        "n = \(baseRate?.units ?? 0), \(baseRate?.bad ?? 0) failed for such a cause: too many for a verdict"
    }

    /// Why the change was not taken back, in a sentence.
    var heldText: String {
        switch reason {
        case .beforeOpen: "It is not taken back: whether the state before would have delivered is not known."
        case .wouldWeaken: "It is not taken back: going back would weaken security (\(weakeningText))."
        case .changedSince: "It is not taken back: \(note)"
        case .takeBackFailed: "Taking it back did not succeed: \(note)."
        default: "It is not taken back: that is left to a person."
        }
    }

    /// What going back would weaken, in few words.
    var weakeningText: String {
        let levels = [change.connector.after, change.connector.before].map { $0?["tlsSettings"]?.strings.first }
        if change.connector.before != nil, change.connector.after != nil, levels[0] != levels[1] {
            return "\(levels[0] ?? "not required") → \(levels[1] ?? "not required")"
        }
        return verdict?.weakenings.first ?? "see the plan"
    }

    /// What is known of the state before, in a clause.
    func beforeText(_ cause: CauseClass) -> String {
        guard counters.open == 0 else {
            return "whether the state before would have delivered all of them is not known"
        }
        return "the state before would have delivered them: \(beforeDemand(cause))"
    }

    private func beforeDemand(_ cause: CauseClass) -> String {
        let routes = CauseClass.scopeFields.union(["smartHosts", "useMXRecord", "routeAllMessagesViaOnPremises"])
        guard change.changedFields.isDisjoint(with: routes) else { return "its next hop can be reached" }
        switch (cause, change.connector.before?["tlsSettings"]?.strings.first) {
        case (.dane, _): return "it did not ask for DANE"
        case (.sts, _): return "it did not ask for MTA-STS"
        case (.network, _), (.refused, _): return "its next hop can be reached"
        case (_, nil): return "it asked for no TLS"
        case (_, "EncryptionOnly"): return "it asked for no trusted certificate"
        default: return "it asked for another name"
        }
    }

    /// The one event of an inbound watch that warns.
    func silenceText(_ expected: Double) -> String {
        """
        No mail from \(scopeText) was accepted since \(clock(settledAt)); \(Int(expected.rounded())) were expected. \
        Nothing shows whether it was refused (550 5.7.51): ask the partner.
        """
    }

    /// Hour and minute in UTC: `10:42Z`.
    func clock(_ date: Date) -> String { "\(Timestamp.text(date).dropFirst(11).prefix(5))Z" }
}
