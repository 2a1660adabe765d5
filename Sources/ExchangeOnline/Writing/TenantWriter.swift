package import Connectors
import JSON

/// Changes a tenant; only `apply` and `rollback` make one.
///
/// Each function sends what it is given and nothing else, never repeats what may have taken effect, and leaves it to the
/// caller to read the tenant back.
package struct TenantWriter: Sendable {
    let connection: TenantConnection

    package init(_ connection: TenantConnection) { self.connection = connection }

    /// Makes a connector or rule.
    ///
    /// Empty values are not sent, as a new object has none.
    ///
    /// - Parameter settings: Only what the New- cmdlet takes (`Field.isSettableOnCreate`).
    package func create(_ kind: ConnectorKind, name: String, settings: Settings) async -> WriteOutcome {
        let form = ParameterForm(kind: kind, clearedList: .array)
        let command = Command(
            cmdlet: "New-\(kind.rawValue)",
            parameters: [JSONValue.Member(key: "Name", value: .string(name))] + form.creation(settings),
            effect: .write
        )
        return await run(command)
    }

    /// Changes exactly these fields, and the name where a new one is given.
    ///
    /// A rule is switched on and off by cmdlets of their own: off before the rest is changed, on after it.
    ///
    /// - Parameters:
    ///   - guid: The object's identity; the name is only used where this is empty.
    ///   - clearedList: How an empty list is written; see ``ClearedList``.
    package func update(
        _ kind: ConnectorKind,
        guid: String,
        name: String,
        newName: String? = nil,
        settings: Settings,
        clearedList: ClearedList = .array
    ) async -> WriteOutcome {
        let commands = ParameterForm(kind: kind, clearedList: clearedList)
            .update(identity: guid.isEmpty ? name : guid, newName: newName, settings)
        var outcome = WriteOutcome.accepted(guid: nil, warnings: [])
        for (index, command) in commands.enumerated() {
            let next = await run(command)
            outcome = index == 0 ? next : outcome.followed(by: next)
            guard case .accepted = outcome else { return outcome }
        }
        return outcome
    }

    package func delete(_ kind: ConnectorKind, guid: String, name: String) async -> WriteOutcome {
        let form = ParameterForm(kind: kind, clearedList: .array)
        return await run(form.change("Remove-\(kind.rawValue)", identity: guid.isEmpty ? name : guid, []))
    }

    func run(_ command: Command) async -> WriteOutcome {
        switch await connection.invoke(command) {
        case .success(let answer):
            return .accepted(guid: answer.rows.first.flatMap(Self.guid), warnings: answer.warnings)
        case .failure(let error): return error.isSurelyNotApplied ? .refused(error) : .ambiguous(error)
        }
    }

    /// A New- cmdlet shows the object that it made, as far as is known.
    private static func guid(_ row: JSONValue) -> String? {
        (row["Guid"]?.text ?? row["ExchangeObjectId"]?.text)?.lowercased()
    }
}

extension WriteOutcome {
    /// Two requests that are one write: after the first was accepted, a second one that was not leaves half of it.
    fileprivate func followed(by second: WriteOutcome) -> WriteOutcome {
        guard case .accepted(let guid, let warnings) = self else { return self }
        switch second {
        case .accepted(_, let more):
            return .accepted(guid: guid, warnings: Warnings(warnings + more).texts)
        case .refused(let error), .ambiguous(let error): return .ambiguous(error)
        }
    }
}

/// What became of one write.
package enum WriteOutcome: Hashable, Sendable {
    /// The service answered with success. Whether the tenant is as asked is still told by reading it back.
    case accepted(guid: String?, warnings: [String])
    /// Surely not applied.
    case refused(ExchangeError)
    /// Perhaps applied, perhaps in part: it must be read back before anything else is written.
    case ambiguous(ExchangeError)
}
