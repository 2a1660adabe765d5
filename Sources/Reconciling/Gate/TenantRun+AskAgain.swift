import Configuration
import Connectors
import Definitions
import ExchangeOnline
import FoundationEssentials
import Logging
import Planning
import Reports
import StateStore
import TLSGate

extension TenantRun {
    /// Asks the gate once more about what was written, at the end of `bake`; what is worse than before the write rolls the run
    /// back.
    ///
    /// Only outbound connectors lead to a server that can be asked. A partner that could not be asked is not judged: that rolls
    /// nothing back and holds up no later run, and the history says so.
    mutating func askGateAgain(_ observed: ObservedTenant) async throws(RunStop) {
        let journal = try known(journal, "the journal")
        let stored = try await earlier(journal.run)
        let before = Dictionary(
            (stored.flatMap { TenantPlan.judgements($0.judgements) } ?? []).map { ($0.connector, $0) }
        ) { first, _ in first }
        let subjects = subjects(of: journal, in: observed).filter { before[$0.key] != nil }
        guard !subjects.isEmpty else { return try await settle(.bake) }
        guard let after = try await judgeAgain(subjects, before, observed) else {
            return try await settle(.bake, remark: Self.notAsked(subjects.map(\.key)))
        }
        let looks = after.compactMap { now in before[now.connector].map { GateComparison(before: $0, after: now) } }
        let problems = looks.flatMap(\.problems)
        guard !problems.isEmpty else {
            let open = looks.filter(\.isOpen).map(\.after.connector)
            return try await settle(.bake, remark: open.isEmpty ? "" : Self.notAsked(open))
        }
        try await rollBack(
            because: "the TLS gate, asked again at the end of the watch, says worse than before the write: "
                + problems.joined(separator: "; "),
            cause: .gateWorse
        )
    }

    private func subjects(of journal: Journal, in observed: ObservedTenant) -> [Gatekeeper.Subject] {
        let objects = Dictionary(observed.connectors.map { ($0.guid, $0) }) { first, _ in first }
        return journal.writtenOutbound.sorted { $0.key < $1.key }.compactMap { key, guid in
            objects[guid].map {
                Gatekeeper.Subject(key: key, settings: $0.settings, before: $0.settings, applied: $0.settings)
            }
        }.filter(\.isJudged)
    }

    /// What the gate says now, kept as evidence of the run; `nil` where it could not be asked.
    private func judgeAgain(
        _ subjects: [Gatekeeper.Subject],
        _ before: [ConnectorKey: Judgement],
        _ observed: ObservedTenant
    ) async throws(RunStop) -> [Judgement]? {
        if environment.isInterrupted() { return nil }
        environment.tell(tenant.name, "asking the partners' servers again")
        let earlier = try await earlier(subjects)
        // A run that is gone on with after a crash has not read git yet.
        let waivers = definitions?.desired.waivers ?? before.values.flatMap(\.waivers)
        let (gatekeeper, domains) = (shared.gatekeeper, observed.acceptedDomains)
        let findings: Gatekeeper.Findings
        do throws(RunStop) {
            let outdated = try await outdatedWaivers()
            findings = try await environment.untilInterrupted { () throws(RunStop) in
                try await gatekeeper.judge(
                    subjects,
                    waivers: waivers,
                    outdated: outdated,
                    acceptedDomains: domains,
                    earlier: earlier,
                    maximumAge: 0
                )
            }
        } catch {
            environment.logger.notice(
                "\(tenant.name): The TLS gate could not be asked again. \(error.message)",
                metadata: logged
            )
            return nil
        }
        if let record {
            let now = environment.timing.now()
            let evidence = GateEvidence.rows(of: findings.observations).map { $0.evidence(of: record, at: now) }
            try await commit(StateChange(evidence: evidence))
        }
        return findings.judgements
    }

    private static func notAsked(_ keys: [ConnectorKey]) -> String {
        "Not judged again after the watch, as the partner's servers could not be asked: \(keys.map(\.description).joined(separator: ", "))."
    }
}

extension Judgement {
    /// The waivers that covered its findings, as far as findings tell; they hold for those checks of the connector.
    fileprivate var waivers: [Waiver] {
        findings.filter(\.waived).map { finding in
            Waiver(
                name: finding.check,
                check: finding.check,
                connector: connector.name,
                subject: nil,
                owner: "",
                reason: finding.waivedBy ?? "",
                until: .distantFuture,
                source: SourcePosition(file: "")
            )
        }
    }
}
