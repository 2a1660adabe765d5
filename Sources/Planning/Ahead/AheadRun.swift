package import Connectors
package import FoundationEssentials

/// A run that applied what a request changes before the request was merged, so that the tenant runs ahead of git.
///
/// What it wrote stays as it is until git speaks of it: the branch's own plans neither undo it nor take it for drift.
package struct AheadRun: Hashable, Sendable, Codable {
    package var tenant: String
    /// The run's id.
    package var run: String
    package var source: String
    /// The request's number on the source's forge, and its page for people.
    package var request: Int
    package var page: String
    /// The commit that was applied, 40 hex digits.
    package var head: String
    /// The branch's tip, which the head contains.
    package var base: String
    /// Who asked for it, as the forge names them; a stranger's string.
    package var by: String
    package var at: Date
    /// What the run was to write.
    package var connectors: [AheadConnector]

    package init(
        tenant: String,
        run: String,
        source: String,
        request: Int,
        page: String,
        head: String,
        base: String,
        by: String,
        at: Date,
        connectors: [AheadConnector] = []
    ) {
        self.tenant = tenant
        self.run = run
        self.source = source
        self.request = request
        self.page = page
        self.head = head
        self.base = base
        self.by = by
        self.at = at
        self.connectors = connectors
    }
}

/// One connector of a run ahead of git: what git said of it, and what was written to it before.
package struct AheadConnector: Hashable, Sendable, Codable {
    package var key: ConnectorKey
    /// What the branch's tip said when the run began; `nil` where it had no such definition.
    package var git: Said?
    /// What was remembered as applied when the run began; `nil` where nothing was.
    package var before: Said?

    package init(key: ConnectorKey, git: Said?, before: Said?) {
        self.key = key
        self.git = git
        self.before = before
    }

    /// As much of a connector as decides whether it is another one.
    package struct Said: Hashable, Sendable, Codable {
        package var displayName: String
        package var settings: Settings

        package init(displayName: String, settings: Settings) {
            self.displayName = displayName
            self.settings = settings
        }

        package init(_ desired: DesiredConnector) {
            self.init(displayName: desired.displayName, settings: desired.settings)
        }

        package init(_ applied: AppliedConnector) {
            self.init(displayName: applied.displayName, settings: applied.settings)
        }

        /// Whether both mean the same, however it is written.
        func isSame(as other: Said, _ kind: ConnectorKind) -> Bool {
            guard displayName.isSameName(as: other.displayName), settings.count == other.settings.count else {
                return false
            }
            return other.settings.allSatisfy { name, value in
                guard let own = settings[name], let field = kind.field(name) else { return false }
                return own == value || field.isSame(own, value)
            }
        }
    }

    /// Whether the tenant runs ahead of git with it: the run's write stands, git still says what it said then, and the
    /// two are not the same.
    ///
    /// - Parameters:
    ///   - desired: What git says now, with references resolved; `nil` where it has no such definition.
    ///   - applied: What is remembered as applied now.
    func isAhead(of desired: DesiredConnector?, _ applied: AppliedConnector?) -> Bool {
        let said = desired.map { Said($0) }
        return isSame(said, git) && stands(applied) && !isSame(applied.map { Said($0) }, said)
    }

    /// Whether what is applied is not what was applied before the run.
    func stands(_ applied: AppliedConnector?) -> Bool { !isSame(applied.map { Said($0) }, before) }

    private func isSame(_ one: Said?, _ other: Said?) -> Bool {
        switch (one, other) {
        case (nil, nil): true
        case (let one?, let other?): one.isSame(as: other, key.kind)
        case (nil, _), (_, nil): false
        }
    }
}

extension AheadRun {
    /// The run with what its plan changes, as it is stored before the first write.
    ///
    /// - Parameters:
    ///   - git: What the branch's tip says.
    ///   - applied: What is remembered as applied before the run.
    package func writing(_ plan: Plan, over git: DesiredTenant, _ applied: AppliedTenant) -> AheadRun {
        let said = git.resolved
        let memory = Dictionary(applied.connectors.map { ($0.key, $0) }) { first, _ in first }
        // A slug that was given up is ahead as well: git still has a definition under it.
        let keys = plan.changes.flatMap { change in
            [change.key] + (change.formerName.map { [ConnectorKey(kind: change.kind, name: $0)] } ?? [])
        }
        var run = self
        run.connectors = Array(Set(keys)).sorted().map { key in
            AheadConnector(key: key, git: said[key].map { .init($0) }, before: memory[key].map { .init($0) })
        }
        return run
    }

    /// Whether something that the run wrote is still what was applied last, whatever git says.
    package func stands(in applied: AppliedTenant) -> Bool {
        let memory = Dictionary(applied.connectors.map { ($0.key, $0) }) { first, _ in first }
        return connectors.contains { $0.stands(memory[$0.key]) }
    }

    /// The connectors with which the tenant runs ahead of git because of this run, in their order.
    package func leading(_ desired: DesiredTenant, _ applied: AppliedTenant) -> [ConnectorKey] {
        let said = desired.resolved
        let memory = Dictionary(applied.connectors.map { ($0.key, $0) }) { first, _ in first }
        return connectors.filter { $0.isAhead(of: said[$0.key], memory[$0.key]) }.map(\.key)
    }
}

extension DesiredTenant {
    /// By key, with references as Exchange wants them.
    fileprivate var resolved: [ConnectorKey: DesiredConnector] {
        let references = OutboundReferences(connectors)
        return Dictionary(connectors.map { ($0.key, references.resolved($0)) }) { first, _ in first }
    }

    /// What git says, with what runs ahead of it as it was applied: the branch's plan leaves that alone, and its drift is
    /// what deviates from it.
    ///
    /// - Parameter keys: The connectors with which the tenant runs ahead of git.
    package func completed(by applied: AppliedTenant, for keys: Set<ConnectorKey>) -> DesiredTenant {
        guard !keys.isEmpty else { return self }
        let memory = Dictionary(applied.connectors.map { ($0.key, $0) }) { first, _ in first }
        let former = resolved
        // As they are written: a reference that is resolved twice may come to another connector.
        let others = connectors.filter { !keys.contains($0.key) }
        let ahead = keys.compactMap { key in memory[key].map { DesiredConnector(applied: $0, former: former[key]) } }
        var result = self
        result.connectors = (others + ahead).sorted(by: \.key)
        return result
    }
}

extension DesiredConnector {
    /// A definition that says what was applied.
    fileprivate init(applied: AppliedConnector, former: DesiredConnector?) {
        var annotations = former?.annotations ?? [:]
        annotations[Annotation.prune] = applied.isKept ? "disabled" : nil
        annotations[Annotation.acceptRisk] = applied.acceptedRisk
        self.init(
            key: applied.key,
            displayName: applied.displayName,
            settings: applied.settings,
            labels: former?.labels ?? [:],
            annotations: annotations,
            source: former?.source ?? SourcePosition(file: "what was applied before its merge"),
            evidenceCertificate: former?.evidenceCertificate
        )
    }
}
