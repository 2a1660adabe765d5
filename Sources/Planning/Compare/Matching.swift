import Connectors

/// Which object of the tenant each definition means, and which objects none means.
///
/// By the remembered GUID first, which survives a rename; then by kind and name, without regard to case.
struct Matching {
    /// How a definition came to its object.
    enum Way {
        /// By the GUID that was remembered when it was last written.
        case remembered
        /// By name; it was never ours.
        case named
        /// By name, while the remembered GUID is gone: someone deleted the object and created another.
        case recreated
        /// The remembered GUID is gone, and so is the name.
        case missing
        /// There is no such object yet.
        case new
    }

    struct Pair {
        let desired: DesiredConnector
        let applied: AppliedConnector?
        let object: Seen?
        let way: Way
    }

    /// In the order of their keys.
    let pairs: [Pair]
    /// Remembered objects without a definition, in the order of their keys; `object` is `nil` where it is gone too.
    let orphans: [(applied: AppliedConnector, object: Seen?)]
    /// Objects that no definition and no memory claims.
    let unmanaged: [Seen]

    init(desired: [DesiredConnector], applied: [AppliedConnector], seen: [Seen]) {
        let byGUID = Dictionary(seen.map { ($0.connector.guid, $0) }) { first, _ in first }
        let byName = Dictionary(seen.map { ($0.name, $0) }) { first, _ in first }
        let memory = Self.memory(of: desired, in: applied, byGUID: byGUID)
        var claimed = Set(memory.values.map(\.guid))
        let kept = Set(memory.values.map(\.key))
        let left = applied.filter { !kept.contains($0.key) }.sorted { $0.key < $1.key }
        claimed.formUnion(left.map(\.guid))

        func find(_ kind: ConnectorKind, _ name: String) -> Seen? {
            guard let object = byName[ObjectName(kind, name)], object.connector.origin != .validationCopy,
                claimed.insert(object.connector.guid).inserted
            else { return nil }
            return object
        }
        pairs = desired.sorted { $0.key < $1.key }.map { definition in
            guard let applied = memory[definition.key] else {
                let object = find(definition.kind, definition.displayName)
                return Pair(desired: definition, applied: nil, object: object, way: object == nil ? .new : .named)
            }
            if let object = byGUID[applied.guid], object.connector.kind == definition.kind {
                return Pair(desired: definition, applied: applied, object: object, way: .remembered)
            }
            let object = find(definition.kind, applied.displayName) ?? find(definition.kind, definition.displayName)
            return Pair(
                desired: definition,
                applied: applied,
                object: object,
                way: object == nil ? .missing : .recreated
            )
        }
        orphans = left.map { ($0, byGUID[$0.guid]) }
        unmanaged = seen.filter { !claimed.contains($0.connector.guid) }
    }

    /// What was remembered for each definition: under its slug, or, where that is new, under a slug that is gone while
    /// the name in Exchange is the same.
    private static func memory(
        of desired: [DesiredConnector],
        in applied: [AppliedConnector],
        byGUID: [String: Seen]
    ) -> [ConnectorKey: AppliedConnector] {
        let byKey = Dictionary(applied.map { ($0.key, $0) }) { first, _ in first }
        let keys = Set(desired.map(\.key))
        var homeless = Dictionary(
            applied.filter { !keys.contains($0.key) }.map { entry in
                (ObjectName(entry.key.kind, byGUID[entry.guid]?.connector.displayName ?? entry.displayName), entry)
            }
        ) { first, _ in first }
        var memory: [ConnectorKey: AppliedConnector] = [:]
        for definition in desired {
            memory[definition.key] =
                byKey[definition.key]
                ?? homeless.removeValue(forKey: ObjectName(definition.kind, definition.displayName))
        }
        return memory
    }
}
