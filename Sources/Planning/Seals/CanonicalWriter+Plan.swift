import Connectors

/// The parts of a plan, field by field: a new one is sealed only once it is written here.
extension CanonicalWriter {
    mutating func write(_ key: ConnectorKey) {
        write(key.kind.rawValue)
        write(key.name)
    }

    mutating func write(_ summary: Plan.Summary) {
        write(summary.create)
        write(summary.update)
        write(summary.delete)
        write(summary.unchanged)
        write(summary.drift)
        write(summary.unmanaged)
    }

    mutating func write(_ change: Change) {
        write(change.action.rawValue)
        write(change.key)
        write(change.displayName)
        write(optional: change.guid)
        write(change.cause.rawValue)
        write(change.risk.rawValue)
        write(change.risks) { $0.write($1) }
        write(change.effect)
        write(change.source != nil)
        write(change.source?.file ?? "")
        write(change.source?.line ?? 0)
        write(change.source?.column ?? 0)
        write(change.fields) { $0.write($1) }
        write(change.companions)
        write(optional: change.acceptedRisk)
        write(change.declared)
        write(change.isKept)
        write(optional: change.formerName)
    }

    mutating func write(_ field: FieldChange) {
        write(field.path)
        write(field.before)
        write(field.after)
    }

    mutating func write(_ risk: Risk) {
        write(risk.id)
        write(risk.level.rawValue)
        write(risk.message)
    }

    mutating func write(_ item: DriftItem) {
        write(item.form.rawValue)
        write(item.kind.rawValue)
        write(item.name)
        write(item.displayName)
        write(item.accepted)
        write(item.fields) { writer, field in
            writer.write(field.path)
            writer.write(field.applied)
            writer.write(field.observed)
            writer.write(field.accepted)
        }
        write(item.effect)
        write(item.risks) { $0.write($1) }
    }

    mutating func write(_ unmanaged: UnmanagedConnector) {
        write(unmanaged.kind.rawValue)
        write(unmanaged.displayName)
        write(unmanaged.origin.rawValue)
        write(unmanaged.risk.rawValue)
        write(unmanaged.risks) { $0.write($1) }
    }

    mutating func write(_ record: Plan.Record) {
        write(record.key)
        write(record.remembered != nil)
        guard let remembered = record.remembered else { return }
        write(remembered.guid)
        write(remembered.displayName)
        write(remembered.settings)
        write(remembered.isKept)
        write(optional: remembered.acceptedRisk)
    }
}
