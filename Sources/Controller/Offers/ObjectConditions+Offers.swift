import Configuration
import Connectors
import PullRequests
import Scheduling

extension ObjectConditions {
    /// Which requests of ours are open, and what stands in the way of others.
    ///
    /// - Parameter news: All that is so in the source's tenants; what is not known leaves what was said of it.
    func replace(_ news: [OfferNews], of source: Source) async {
        let told = Set(news.map(\.object))
        let tenants = Set(source.tenants.map(\.name))
        await clearOffers { tenant, object in tenants.contains(tenant) && !told.contains(object) }
        for entry in news where !entry.isUnknown {
            await replace([.offered, .offerHeld], of: entry.object, with: entry.findings)
        }
    }

    /// Forgets what was said of tenants to which nothing is offered any more.
    func keepOffers(of sources: [Source]) async {
        let tenants = Set(sources.flatMap { $0.tenants.map(\.name) })
        await clearOffers { tenant, _ in !tenants.contains(tenant) }
    }

    private func clearOffers(where isOver: (_ tenant: String, _ object: String) -> Bool) async {
        let types: Set<ConditionType> = [.offered, .offerHeld]
        for object in Set(conditions.filter { types.contains($0.type) }.map(\.object)).sorted() {
            // A tenant's name has no slash.
            let parts = object.split(separator: "/")
            guard parts.count == 3, isOver(String(parts[1]), object) else { continue }
            await replace(types, of: object, with: [])
        }
    }
}

extension OfferNews {
    fileprivate var object: String { "Offer/\(tenant)/\(kind.rawValue)" }

    fileprivate var findings: [Finding] {
        var findings: [Finding] = []
        if let request {
            let page = page.map { $0.isEmpty ? "" : " \($0)" } ?? ""
            findings.append(
                Finding(
                    object,
                    .offered,
                    reason: kind.reason,
                    severity: .info,
                    message: "Request \(request) \(kind.sentence) \(tenant).\(page)".escapingControls
                )
            )
        }
        if let trouble {
            findings.append(
                Finding(
                    object,
                    .offerHeld,
                    reason: trouble.reason,
                    severity: .warning,
                    message: "A request that \(kind.sentence) \(tenant) is held. \(trouble.message) \(trouble.remedy)"
                        .escapingControls
                )
            )
        }
        return findings
    }
}

extension ChangeOffer.Kind {
    fileprivate var reason: String {
        switch self {
        case .drift: "Drift"
        case .revert: "RolledBack"
        case .adoption: "Unmanaged"
        }
    }

    fileprivate var sentence: String {
        switch self {
        case .drift: "takes over in git what was changed in"
        case .revert: "takes back in git what was rolled back in"
        case .adoption: "gives definitions to unmanaged connectors of"
        }
    }
}

extension ConditionType {
    /// A request of our own is open.
    static let offered = ConditionType(rawValue: "Offered")
    /// A change cannot be offered, or its request not be brought up to date.
    static let offerHeld = ConditionType(rawValue: "OfferHeld")
}
