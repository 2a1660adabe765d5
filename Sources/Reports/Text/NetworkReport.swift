package import TLSGate

/// What the gate says of the network where it runs: once, however many partners it kept from being judged.
enum NetworkReport {
    static func add(_ findings: [Finding], to page: inout Page) {
        guard !findings.isEmpty else { return }
        page.space()
        page.add("This network", ink: .strong)
        for finding in findings {
            page.add("\(finding.check): \(finding.message)", indent: 2, mark: finding.symbol, markInk: finding.ink)
            if !finding.remedy.isEmpty { page.add(label: "do", finding.remedy, indent: 4) }
            if let waiver = finding.waivedBy {
                page.add(label: finding.waived ? "waived" : "policy", waiver, indent: 4)
            }
        }
    }
}

extension Sequence<Judgement> {
    /// What is said of our own network, each once.
    package var aboutUs: [Finding] {
        var known: Set<[String]> = []
        return flatMap(\.findings).filter { finding in
            finding.isAboutUs && known.insert([finding.check, finding.outcome.rawValue, finding.message]).inserted
        }
    }
}
