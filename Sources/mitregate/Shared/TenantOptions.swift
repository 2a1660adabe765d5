import ArgumentParser
import Configuration
import Connectors
import Reports
import Site

/// Which tenants are meant, by name, pattern and label.
struct TenantOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only this tenant, or those that fit a pattern such as 'hospital-*'; may be repeated. None means all.",
            valueName: "name"
        ),
        completion: .custom(Suggestions.tenants)
    )
    var tenant: [String] = []

    @Option(help: ArgumentHelp("Only tenants with this label; of several they must have all.", valueName: "key=value"))
    var label: [String] = []

    @Option(
        help: ArgumentHelp("Leave out this tenant, or those that fit a pattern; may be repeated.", valueName: "name")
    )
    var exclude: [String] = []

    /// Whether no tenant is named and none left out.
    var isAll: Bool { tenant.isEmpty && label.isEmpty && exclude.isEmpty }

    /// Those of the candidates that are meant.
    ///
    /// - Parameter place: Where the candidates are listed, for a message.
    func chosen(
        among candidates: [TenantSelection.Candidate],
        in place: String
    ) throws -> [TenantSelection.Candidate] {
        let selection = TenantSelection(
            patterns: tenant.map(GlobPattern.init),
            labels: try label.map(Self.label),
            excluded: exclude.map(GlobPattern.init)
        )
        do throws(TenantSelectionError) {
            return try selection.chosen(among: candidates)
        } catch {
            throw CommandFailure(error, candidates.map(\.name), in: place)
        }
    }

    /// The names of those that are meant, of the tenants that a controller looks after.
    ///
    /// Where all are named in full the controller is not asked for others: its token need not permit that.
    func names(at client: SiteClient) async throws -> [String] {
        if !tenant.isEmpty, label.isEmpty, exclude.isEmpty,
            !tenant.contains(where: { $0.contains("*") || $0.contains("?") })
        {
            var seen: Set<String> = []
            return tenant.filter { seen.insert($0).inserted }
        }
        let document: TenantsDocument = try await client.get("/api/v1/tenants")
        return try chosen(among: document.tenants.map(\.candidate), in: "the controller's configuration").map(\.name)
    }

    /// As `names`, where all is not to be meant by saying nothing.
    func required(at client: SiteClient) async throws -> [String] {
        guard !tenant.isEmpty || !label.isEmpty else {
            throw CommandFailure(
                .usage,
                id: "usage",
                "No tenant was named.",
                remedy: "Give --tenant NAME or --label KEY=VALUE; --tenant '*' means all."
            )
        }
        return try await names(at: client)
    }

    private static func label(_ text: String) throws -> TenantLabel {
        if let label = TenantLabel(text) { return label }
        throw CommandFailure(
            .usage,
            id: "usage",
            "--label takes a label with its value, not \"\(String(text.prefix(80)).escapingControls)\".",
            remedy: "Write it as --label tier=gold."
        )
    }
}

extension TenantView {
    /// The tenant as one that a selection may mean.
    var candidate: TenantSelection.Candidate { TenantSelection.Candidate(name: tenant, labels: labels ?? [:]) }
}

extension CommandFailure {
    fileprivate init(_ error: TenantSelectionError, _ names: [String], in place: String) {
        let some = names.prefix(20).joined(separator: ", ")
        let known = "Known tenants: \(some)\(names.count > 20 ? ", and \(names.count - 20) more" : "")."
        switch error {
        case .noTenant(let pattern, let isExclusion, let near):
            let shown = String(pattern.prefix(80)).escapingControls
            let isExact = !pattern.contains("*") && !pattern.contains("?")
            let why = isExclusion ? " So nothing would be left out, and nothing was done." : ""
            self.init(
                .usage,
                id: "tenant-unknown",
                isExact
                    ? "Tenant \"\(shown)\" not found in \(place).\(why)"
                    : "No tenant in \(place) fits \"\(shown)\".\(why)",
                remedy: near.isEmpty
                    ? known : "Did you mean \(near.map { "\"\($0)\"" }.joined(separator: ", "))?"
            )
        case .noLabel(let label, let labels):
            let some = labels.prefix(20).joined(separator: ", ")
            self.init(
                .usage,
                id: "tenant-unknown",
                "No tenant in \(place) has the label \(label.key)=\(label.value.escapingControls).",
                remedy: labels.isEmpty
                    ? "Give tenants labels: {\(label.key): …}, or select them by name."
                    : "Known labels: \(some)\(labels.count > 20 ? ", and \(labels.count - 20) more" : "")."
            )
        case .nothingLeft:
            self.init(
                .usage,
                id: "tenant-unknown",
                "No tenant in \(place) is left: together, --tenant, --label and --exclude select none.",
                remedy: "A tenant must fit one of --tenant and have every --label, and must not fit --exclude."
            )
        }
    }
}
