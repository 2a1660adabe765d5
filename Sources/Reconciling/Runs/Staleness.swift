import Connectors
import ExchangeOnline
import Planning

/// What moved since a plan was made, so that it no longer comes out the same.
struct Staleness {
    private let old: Plan
    private let new: Plan
    /// The last change by someone else to an object, as far as the audit log tells.
    var authors: [Object: AuditRecord] = [:]

    init(of old: Plan, against new: Plan) {
        self.old = old
        self.new = new
    }

    /// Something in the tenant that the two plans tell differently.
    struct Object: Hashable {
        let kind: ConnectorKind
        let displayName: String
        /// Which fields moved, where those are known.
        let fields: [String]
    }

    var sentence: String { "The plan is no longer true: \(reason) Nothing was written." }

    private var reason: String {
        if old.tree != new.tree, old.revision == new.revision {
            return
                "the values that the configuration gives the templates of \(new.tenant) changed after the plan was made."
        }
        if old.tree != new.tree {
            return """
                the definitions of \(new.tenant) changed. The plan was made for commit \(old.revision.prefix(12)), and the \
                branch is now at \(new.revision.prefix(12)).
                """
        }
        if old.policyDigest != new.policyDigest {
            return "the settings of \(new.tenant) in the configuration file changed after the plan was made."
        }
        guard old.observedDigest != new.observedDigest else {
            return "another run changed what is remembered of \(new.tenant) after the plan was made."
        }
        let moved = movedObjects.map(told)
        guard !moved.isEmpty else { return "the tenant changed after the plan was made." }
        let more = moved.count > 3 ? ", and \(moved.count - 3) more" : ""
        return "in the tenant, \(moved.prefix(3).joined(separator: ", "))\(more) changed after the plan was made."
    }

    private func told(_ object: Object) -> String {
        let place = "\(object.kind.rawValue) \"\(object.displayName.escapingControls)\""
        let fields = object.fields.isEmpty ? "" : " (\(object.fields.joined(separator: ", ")))"
        guard let author = authors[object] else { return place + fields }
        return "\(place)\(fields), last changed by \(author.user.escapingControls) at \(Timestamp.text(author.at)),"
    }

    /// The objects that the two plans tell differently; none where the tenant is as it was.
    var movedObjects: [Object] {
        guard old.observedDigest != new.observedDigest else { return [] }
        var names: [Object] = []
        func add(_ kind: ConnectorKind, _ displayName: String, _ fields: [String]) {
            names.append(Object(kind: kind, displayName: displayName, fields: fields))
        }
        let drifts = Dictionary(old.drift.map { ($0.key, $0) }) { first, _ in first }
        for item in new.drift where drifts[item.key] != item {
            add(item.kind, item.displayName, item.fields.map(\.path))
        }
        let changes = Dictionary(old.changes.map { ($0.key, $0) }) { first, _ in first }
        let told = Set(new.drift.map(\.key))
        for change in new.changes where !told.contains(change.key) {
            let former = changes[change.key]
            guard former?.fields != change.fields || former?.action != change.action else { continue }
            let before = Set(former?.fields ?? [])
            add(change.kind, change.displayName, change.fields.filter { !before.contains($0) }.map(\.path))
        }
        let unmanaged = Set(old.unmanaged)
        for object in new.unmanaged where !unmanaged.contains(object) { add(object.kind, object.displayName, []) }
        return names
    }
}
