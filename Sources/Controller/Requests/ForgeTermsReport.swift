import Configuration
import Forges
import FoundationEssentials
import PullRequests
import Reports

/// What `doctor` says of a forge's terms; what the forge does not tell is "not known", and never guessed.
struct ForgeTermsReport {
    private let source: Source
    private let settings: SourceForge
    private let terms: ForgeTerms

    init(_ source: Source, _ settings: SourceForge, _ terms: ForgeTerms) {
        self.source = source
        self.settings = settings
        self.terms = terms
    }

    var checks: [DoctorCheck] { [requirement, limit, visibility] }

    private var requirement: DoctorCheck {
        let context = RequestCheck.gate.context
        let name = "forge-required-status"
        switch terms.isRequired {
        case true?:
            return DoctorCheck(
                name: name,
                outcome: .ok,
                message: "\(source.name): nothing is merged into \(source.branch) while \(context) fails."
            )
        case false?:
            return DoctorCheck(
                name: name,
                outcome: .warn,
                message: "\(source.name): a request can be merged into \(source.branch) though \(context) fails.",
                remedy: Self.advice(settings.kind, source.branch)
            )
        case nil:
            return DoctorCheck(
                name: name,
                outcome: .unknown,
                message:
                    "\(source.name): whether \(context) is required on \(source.branch) is not known: the forge does not say.",
                remedy: "Look at the branch's settings on the forge. \(Self.advice(settings.kind, source.branch))"
            )
        }
    }

    private static func advice(_ kind: SourceForge.Kind, _ branch: String) -> String {
        let contexts = RequestCheck.allCases.map(\.context).joined(separator: ", ")
        switch kind {
        case .github: return "Require \(contexts) in a ruleset on \(branch)."
        case .gitea, .forgejo: return "Require \(contexts) in the protection of \(branch)."
        case .gitlab: return "Switch \"Pipelines must succeed\" on, as our statuses are jobs of the pipeline."
        case .azureDevOps: return "Add a status check policy for each of \(contexts) to \(branch)."
        }
    }

    private var limit: DoctorCheck {
        let name = "forge-limit"
        guard let allowance = terms.allowance else {
            return DoctorCheck(
                name: name,
                outcome: .ok,
                message: "\(source.name): the forge does not say how many calls are left."
            )
        }
        let isLow = allowance.remaining < max(1, allowance.limit / 10)
        let end = allowance.resetsAt.map { "; it resets at \($0.ISO8601Format())" } ?? ""
        return DoctorCheck(
            name: name,
            outcome: isLow ? .warn : .ok,
            message:
                "\(source.name): \(allowance.remaining) of \(allowance.limit) calls are left of the forge's limit\(end).",
            remedy: isLow ? "Find what else uses these credentials, or give the source a longer interval." : ""
        )
    }

    private var visibility: DoctorCheck {
        let name = "forge-visibility"
        switch (terms.isPublic, settings.visibility) {
        case (true?, .full?):
            return DoctorCheck(
                name: name,
                outcome: .warn,
                message:
                    "\(source.name): anyone can read \(settings.repository), and visibility: full shows them addresses, "
                    + "domains and values.",
                remedy: "Remove visibility: full, unless you mean it."
            )
        case (true?, _):
            return shown(name, "anyone can read \(settings.repository), so comments are summaries without addresses")
        case (false?, .summary?), (nil, .summary?):
            return shown(name, "comments are summaries without addresses, as visibility: summary says")
        case (false?, _): return shown(name, "\(settings.repository) is not public, so comments show everything")
        case (nil, .full?):
            return shown(
                name,
                "who can read \(settings.repository) is not known; comments show everything, as visibility: full says"
            )
        case (nil, nil):
            return shown(
                name,
                "who can read \(settings.repository) is not known, so comments are summaries; visibility: full shows everything"
            )
        }
    }

    private func shown(_ name: String, _ message: String) -> DoctorCheck {
        DoctorCheck(name: name, outcome: .ok, message: "\(source.name): \(message).")
    }
}
