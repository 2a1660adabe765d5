/// What `doctor` found, the machine first, then each tenant.
package enum DoctorReport {
    /// - Parameter whole: All that was looked at, where only a part of it is shown.
    package static func text(
        _ document: DoctorDocument,
        of whole: DoctorDocument? = nil,
        style: TextStyle = TextStyle()
    ) -> String {
        var page = Page(style)
        let whole = whole ?? document
        // With many tenants the sum stands where it is seen first.
        let isLong = Set(whole.checks.compactMap(\.tenant)).count > 1
        if isLong { page.add(summary(whole), ink: .strong) }
        var tenants: [String?] = []
        for check in document.checks where !tenants.contains(check.tenant) { tenants.append(check.tenant) }
        for tenant in tenants {
            page.space()
            page.add(tenant.map { "Tenant \($0)" } ?? "This machine", ink: .strong)
            for check in document.checks where check.tenant == tenant {
                page.add(
                    "\(check.name): \(check.message)",
                    indent: 2,
                    mark: check.outcome.symbol,
                    markInk: check.outcome.ink
                )
                if !check.remedy.isEmpty { page.add(label: "do", check.remedy, indent: 4) }
            }
        }
        guard !isLong else { return page.text }
        page.space()
        page.add(summary(whole), ink: .strong)
        return page.text
    }

    private static func summary(_ document: DoctorDocument) -> String {
        let parts = DoctorCheck.Outcome.allCases.reversed().compactMap { outcome -> String? in
            let count = document.checks.count { $0.outcome == outcome }
            return count > 0 ? "\(count) \(outcome.words)" : nil
        }
        return "\(document.checks.count.counted("check")): \(parts.joined(separator: ", "))."
    }
}

extension DoctorCheck.Outcome {
    fileprivate var words: String {
        switch self {
        case .ok: "in order"
        case .warn: "to look at"
        case .fail: "failed"
        case .unknown: "not known"
        }
    }

    fileprivate var symbol: String {
        switch self {
        case .ok: "✓"
        case .warn: "!"
        case .fail: "✗"
        case .unknown: "?"
        }
    }

    fileprivate var ink: Ink {
        switch self {
        case .ok: .added
        case .warn: .changed
        case .fail: .removed
        case .unknown: .alarm
        }
    }
}
