import Connectors
import FoundationEssentials

/// Inbound: a partner's mail that is refused at the door leaves no row, so its absence is all there is.
extension WatchRound {
    /// Any row means that mail was accepted: one is enough.
    mutating func noteSenders(
        _ senders: [(message: String, domain: DomainName, received: Date)],
        _ query: TraceQuery
    ) {
        for index in watches.indices where watches[index].state.isReading {
            guard let inbound = watches[index].inbound else { continue }
            let patterns = watches[index].senderPatterns
            let settled = watches[index].settledAt
            let isSeen = senders.contains { sender in
                sender.received >= settled && patterns.contains { $0.covers(.exactly(sender.domain)) }
            }
            if isSeen {
                watches[index].counters.good += 1
                if inbound.isSilent {
                    notices.append(
                        watches[index].notice(
                            "inbound-silent",
                            "",
                            .cleared,
                            severity: .info,
                            message: "Mail from \(watches[index].scopeText) is accepted again."
                        )
                    )
                }
                notices += watches[index].enter(.flows, nil, at: now)
            } else if query.start <= inbound.seenUntil && query.end > inbound.seenUntil {
                watches[index].inbound?.seenUntil = query.end
            }
        }
    }

    /// Counts a slice of the history; what is older than a cut comes in a later round.
    mutating func takeInboundHistory(_ reading: TraceReading, _ query: TraceQuery, _ first: Int) {
        let rows: [TraceRow]
        var from = query.start
        switch reading {
        case .complete(let all): rows = all
        case .cut(let all):
            rows = all
            from = all.map(\.received).min() ?? query.end
        case .throttled, .unreadable: return
        }
        var table = TraceTable(rows)
        let senders = table.senders()
        let end = watches[first].inbound?.historyFrom
        for index in watches.indices where watches[index].state.isReading && watches[index].inbound?.historyFrom == end
        {
            let patterns = watches[index].senderPatterns
            for sender in senders where sender.received >= from && sender.received < query.end {
                guard patterns.contains(where: { $0.covers(.exactly(sender.domain)) }) else { continue }
                watches[index].inbound?.hours[InboundProgress.slot(of: sender.received)] += 1
            }
            watches[index].inbound?.historyFrom = min(from, query.end)
        }
    }

    mutating func judgeInbound() {
        for index in watches.indices where watches[index].state.isReading {
            guard let inbound = watches[index].inbound else { continue }
            let oldest = watches[index].appliedAt.addingTimeInterval(-constants.inboundHistoryLength)
            guard inbound.historyFrom <= oldest else {
                if now.timeIntervalSince(watches[index].appliedAt) > 21_600 {
                    let reason: WatchReason = watches[index].unreadableRounds > 0 ? .traceUnreadable : .tooMuchMail
                    notices += watches[index].enter(.notJudged, reason, at: now)
                }
                continue
            }
            let until = min(now.addingTimeInterval(-1_800), inbound.seenUntil)
            let expected = Silence.expected(inbound.hours, from: watches[index].settledAt, until: until)
            watches[index].inbound?.expected = expected
            guard !inbound.isSilent, Silence.chance(expected: expected) <= Silence.limit else { continue }
            watches[index].inbound?.isSilent = true
            notices.append(
                watches[index].notice(
                    "inbound-silent",
                    "",
                    severity: .warning,
                    message: watches[index].silenceText(expected)
                )
            )
        }
    }
}

extension Watch {
    var senderPatterns: [DomainPattern] {
        (change.connector.after?["senderDomains"]?.strings ?? []).compactMap { text in
            DomainPattern(text.split(separator: ";").first.map(String.init) ?? text)
        }
    }
}
