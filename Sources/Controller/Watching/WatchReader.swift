import Configuration
import Connectors
import ExchangeOnline
import FoundationEssentials
import MailWatch
import Probing
import Reconciling
import TLSGate

/// Answers a watch's questions: the trace from the service, and the gate from the partner's servers.
struct WatchReader: Sendable {
    let environment: RunEnvironment
    let shared: SharedResources
    let managed: ManagedTenant
    let serviceTime: Date

    func answers(to asks: [WatchAsk]) async -> [WatchAsk: WatchAnswer] {
        await withTaskGroup(of: (WatchAsk, WatchAnswer).self) { group in
            for ask in asks { group.addTask { (ask, await answer(to: ask)) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    private func answer(to ask: WatchAsk) async -> WatchAnswer {
        switch ask {
        case .list(let query): .list(await list(query))
        case .detail(let query): .detail(await detail(query))
        case .gate(let question): .gate(await judge(question))
        }
    }

    private var reader: TenantReader? {
        (try? shared.connections.connection(to: managed.tenant, environment)).map { TenantReader($0) }
    }

    private func list(_ query: TraceQuery) async -> TraceReading {
        guard let reader else { return .unreadable }
        let reading = await reader.messageTrace(
            from: query.start,
            to: query.end,
            statuses: query.statuses,
            maximumPages: query.pages,
            deadline: managed.tenant.readTimeout
        )
        switch reading {
        case .known(let list):
            let rows = list.messages.map { message in
                TraceRow(
                    messageTraceId: message.traceId,
                    received: message.received,
                    sender: message.sender,
                    recipient: message.recipient,
                    status: message.status
                )
            }
            return list.isComplete ? .complete(rows) : .cut(rows)
        case .unknown(let error): return error.reason == .throttled ? .throttled : .unreadable
        }
    }

    private func detail(_ query: DetailQuery) async -> DetailReading {
        guard let reader else { return .unreadable }
        let reading = await reader.traceEvents(
            of: query.messageTraceId,
            to: query.recipient,
            from: query.start,
            until: query.end,
            deadline: managed.tenant.readTimeout
        )
        guard case .known(let events) = reading else { return .unreadable }
        return .events(
            events.events.map { event in
                TraceDetail(
                    date: event.date,
                    event: event.event,
                    action: event.action,
                    detail: event.detail,
                    data: event.data
                )
            }
        )
    }

    /// Asks the partner's servers as the connector of one image would for one domain.
    private func judge(_ question: GateQuestion) async -> GateAnswer {
        var settings: Settings =
            question.settings ?? ["enabled": true, "useMXRecord": true, "connectorType": "Partner"]
        settings["recipientDomains"] = .list([question.domain])
        settings["isTransportRuleScoped"] = .boolean(false)
        let subject = Gatekeeper.Subject(
            key: ConnectorKey(kind: .outboundConnector, name: "watch-\(question.image.rawValue)"),
            settings: settings
        )
        do throws(RunStop) {
            // What was seen before the messages were received says nothing of them.
            let found = try await shared.gatekeeper.judge(
                [subject],
                waivers: [],
                acceptedDomains: nil,
                maximumAge: serviceTime.timeIntervalSince(question.notBefore)
            )
            guard let judgement = found.judgements.first else { return .unknown }
            return answer(judgement)
        } catch {
            return .unknown
        }
    }

    private func answer(_ judgement: Judgement) -> GateAnswer {
        let results = judgement.nextHops.map(\.result)
        // What was seen by the host's clock is told in the service's time, which the watch reckons in.
        let offset = serviceTime.timeIntervalSince(environment.timing.now())
        return GateAnswer(
            observedAt: judgement.observedAt?.addingTimeInterval(offset),
            isDeliverable: results.contains(.undeliverable)
                ? false : results.isEmpty || results.contains(.unknown) ? nil : true,
            findings: judgement.findings.compactMap { finding in
                guard let outcome = GateAnswer.Finding.Outcome(rawValue: finding.outcome.rawValue) else { return nil }
                return GateAnswer.Finding(check: finding.check, outcome: outcome, host: Self.host(finding.subject))
            }
        )
    }

    /// `mx1.fabrikam.com [192.0.2.1]:25`, where the subject is a server.
    private static func host(_ subject: String) -> PartnerHost? {
        guard let open = subject.firstIndex(of: "["), let close = subject.lastIndex(of: "]"), open < close else {
            return nil
        }
        let name = subject[..<open].trimmingSuffix(while: { $0 == " " })
        let host = PartnerHost(
            name: name.isEmpty ? nil : String(name),
            address: String(subject[subject.index(after: open)..<close])
        )
        return host.name == nil && host.address == nil ? nil : host
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while isCut: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, isCut(last) { rest.removeLast() }
        return rest
    }
}
