package import Connectors
package import Definitions
package import FoundationEssentials
package import Planning
package import Reports
import YAML

/// From what deviates in a tenant to the change that makes git say it.
package struct DriftOffer: Sendable {
    package var place: OfferPlace
    /// What was last written to the tenant.
    package var applied: AppliedTenant
    /// What deviates, with whom the audit log names; what was accepted is passed over.
    package var drift: [AttributedDrift]
    /// The tenant's folder at ``OfferPlace/base``.
    package var files: [DefinitionFile]
    /// What the tenant's configuration says of drift.
    package var policy: TenantPolicy.Drift
    package var scope: DefinitionScope
    package var now: Date

    package init(
        place: OfferPlace,
        applied: AppliedTenant,
        drift: [AttributedDrift],
        files: [DefinitionFile],
        policy: TenantPolicy.Drift,
        scope: DefinitionScope = DefinitionScope(),
        now: Date
    ) {
        self.place = place
        self.applied = applied
        self.drift = drift
        self.files = files
        self.policy = policy
        self.scope = scope
        self.now = now
    }

    /// One connector's deviation, as far as git can be asked to say it.
    private struct Wanted {
        let drift: AttributedDrift
        let wish: DefinitionWish
        let place: SourcePosition
    }

    package func draft() -> OfferDraft<OfferText.Left> {
        var editor = DefinitionEditor(files, now: now, scope: scope)
        if let problem = editor.problem { return broken(problem) }
        let desired = Dictionary(editor.definitions.desired.connectors.map { ($0.key, $0) }) { first, _ in first }
        let written = Dictionary(applied.connectors.map { ($0.key, $0) }) { first, _ in first }
        var left: [OfferText.Left] = []
        var wanted: [Wanted] = []
        for attributed in drift.sorted(by: { $0.item.key < $1.item.key }) where !attributed.item.accepted {
            let key = attributed.item.key
            guard let connector = desired[key], let applied = written[key] else { continue }
            guard let wish = wish(attributed.item, connector, applied, &left) else { continue }
            wanted.append(Wanted(drift: attributed, wish: wish, place: connector.place))
        }
        let unmet = editor.fulfil(wanted.map(\.wish))
        left += unmet.map {
            OfferText.Left(
                connector: $0.key,
                field: $0.field,
                reason: $0.reason,
                place: $0.position.map(place.position)
            )
        }
        let entries = wanted.compactMap { entry($0, without: unmet) }
        guard !entries.isEmpty, !editor.editedFiles.isEmpty else { return OfferDraft(offer: nil, left: left) }
        let text = DriftOfferText(
            instance: place.instance,
            tenant: place.tenant,
            branch: ChangeOffer.branch(.drift, of: place.tenant),
            entries: entries,
            left: left.sorted { ($0.connector, $0.field ?? "") < ($1.connector, $1.field ?? "") },
            removedComments: editor.removedComments,
            policy: policy,
            visibility: place.visibility
        ).text(limits: place.limits)
        let files = editor.editedFiles.map { ChangeOffer.File(path: place.path($0.path), content: $0.bytes) }
        return OfferDraft(offer: place.offer(.drift, text, files: files, parts: entries.map(Self.part)), left: left)
    }

    /// Nothing is made of files with errors.
    private func broken(_ problem: Diagnostic) -> OfferDraft<OfferText.Left> {
        let open = drift.filter { !$0.item.accepted }
        return OfferDraft(
            offer: nil,
            left: open.map {
                OfferText.Left(
                    connector: $0.item.key,
                    reason: "the definitions have an error: \(problem.reason)",
                    place: place.position(problem.position)
                )
            }
        )
    }

    /// What git is to say of a connector: only where it still says what was written, so that no commit is undone.
    private func wish(
        _ item: DriftItem,
        _ desired: DesiredConnector,
        _ applied: AppliedConnector,
        _ left: inout [OfferText.Left]
    ) -> DefinitionWish? {
        func leave(_ field: String?, _ reason: String) {
            left.append(
                OfferText.Left(connector: item.key, field: field, reason: reason, place: place.position(desired.source))
            )
        }
        switch item.form {
        case .recreated:
            leave(
                nil,
                "someone else deleted it and created it again; to take the new object over, add \(Annotation.adopt): enabled to "
                    + "its document"
            )
            return nil
        case .missing:
            guard desired.isSame(as: applied) else {
                leave(
                    nil,
                    "it is gone from the tenant, and git has changed it since it was last written; the commit decides"
                )
                return nil
            }
            return DefinitionWish(item.key, .removal)
        case .changed: break
        }
        var values: [String: FieldValue] = [:]
        for field in item.fields where !field.accepted {
            let observed = field.observed ?? .none
            guard let written = field.applied else {
                leave(field.path, "no definition can say it")
                continue
            }
            guard let declared = desired.value(of: field.path) else {
                leave(field.path, "git no longer says anything about it")
                continue
            }
            if desired.isSame(declared, observed, in: field.path) { continue }
            guard desired.isSame(declared, written, in: field.path) else {
                leave(field.path, "git has changed it since it was last written; the commit decides")
                continue
            }
            values[field.path] = observed
        }
        return values.isEmpty ? nil : DefinitionWish(item.key, .fields(values))
    }

    private func entry(_ wanted: Wanted, without unmet: [UnmetWish]) -> DriftOfferText.Entry? {
        let mine = unmet.filter { $0.key == wanted.wish.key }
        guard !mine.contains(where: { $0.field == nil }) else { return nil }
        var fields: Set<String> = []
        if case .fields(let values) = wanted.wish.change {
            fields = Set(values.keys).subtracting(mine.compactMap(\.field))
            if fields.isEmpty { return nil }
        }
        return DriftOfferText.Entry(drift: wanted.drift, fields: fields, place: place.position(wanted.place))
    }

    /// The deviation itself: neither who caused it, which may become known later, nor where it stands in git.
    private static func part(_ entry: DriftOfferText.Entry) -> String {
        let item = entry.drift.item
        var texts = [item.kind.rawValue, item.name, item.form.rawValue]
        for field in item.fields.filter({ entry.fields.contains($0.path) }).sorted(by: { $0.path < $1.path }) {
            let value = field.observed ?? .none
            texts +=
                [field.path, "\(value.strings.count)"] + (value.strings.isEmpty ? [value.description] : value.strings)
        }
        return OfferDigest.of(texts)
    }
}

extension DesiredConnector {
    /// Where git is edited to say something else of it: of what a template makes, at its instance.
    fileprivate var place: SourcePosition {
        guard let instance = source.instance, !instance.isConfigured else { return source }
        return instance.position
    }

    fileprivate func value(of path: String) -> FieldValue? {
        path == Self.namePath ? .text(displayName) : settings[path]
    }

    fileprivate func isSame(_ one: FieldValue, _ other: FieldValue, in path: String) -> Bool {
        guard let field = kind.field(path) else {
            return one.description.lowercased() == other.description.lowercased()
        }
        func normal(_ value: FieldValue) -> FieldValue {
            let normal = field.normal(value)
            return normal == .text("") || normal == .list([]) ? .none : normal
        }
        return normal(one) == normal(other)
    }

    fileprivate func isSame(as applied: AppliedConnector) -> Bool {
        guard displayName.lowercased() == applied.displayName.lowercased() else { return false }
        guard Set(settings.keys) == Set(applied.settings.keys) else { return false }
        return settings.allSatisfy { name, value in
            applied.settings[name].map { isSame(value, $0, in: name) } ?? false
        }
    }

    private static let namePath = "name"
}
