package import Connectors
package import FoundationEssentials

extension [AuditRecord] {
    /// The last change by someone else to each field of an object, where a record names its parameter.
    ///
    /// A cmdlet that names no parameter, such as `Disable-TransportRule`, tells nothing of a field.
    ///
    /// - Parameters:
    ///   - names: Every name that the object had, and its GUID.
    ///   - start: Earlier changes are not the ones that are asked for.
    /// - Returns: By the field's name.
    package func lastChanges(of kind: ConnectorKind, names: [String], since start: Date) -> [String: AuditRecord] {
        var changes: [String: AuditRecord] = [:]
        let found = filter { record in
            record.isForeign && !record.user.isEmpty && record.at >= start && record.concerns(kind, names: names)
        }
        for record in found {
            let parameters = Set(record.parameters.keys.map { $0.lowercased() })
            for field in kind.fields where parameters.contains(field.parameter.lowercased()) {
                if let known = changes[field.name], known.at >= record.at { continue }
                changes[field.name] = record
            }
        }
        return changes
    }
}

extension AuditRecord {
    /// Who made the change.
    var author: ChangeAuthor {
        if let application { return .application(id: application, at: at, address: clientIP) }
        return .person(name: user, at: at, address: clientIP)
    }
}
