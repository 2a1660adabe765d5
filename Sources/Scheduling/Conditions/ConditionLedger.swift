package import FoundationEssentials

/// What is wrong with a tenant, or with an object that is not a tenant, and what was told of it.
///
/// Told what is found now, it answers with the transitions: what is new is raised, what is gone is cleared, and what stays is
/// reminded of daily. It is stored, so that a restart tells nothing twice.
package struct ConditionLedger: Hashable, Sendable, Codable {
    /// The tenant of the events; `nil` for what concerns no single one.
    package var tenant: String?
    private var entries: [Entry] = []

    private struct Entry: Hashable, Sendable, Codable {
        var condition: Condition
        var severity: Event.Severity
        /// When people were last told; `nil` for what is not told.
        var toldAt: Date?

        var identity: Finding.Identity {
            Finding.Identity(object: condition.object, type: condition.type, reason: condition.reason)
        }
    }

    /// How often one is reminded of what stays wrong.
    package static let reminderInterval: TimeInterval = 86_400

    package init(tenant: String? = nil) { self.tenant = tenant }

    /// What is wrong, in the order of object, type and reason.
    package var conditions: [Condition] { entries.map(\.condition) }

    package func conditions(of type: ConditionType) -> [Condition] { conditions.filter { $0.type == type } }

    package func has(_ type: ConditionType) -> Bool { entries.contains { $0.condition.type == type } }

    /// When the next reminder is due.
    package var nextReminder: Date? {
        entries.compactMap { $0.toldAt?.addingTimeInterval(Self.reminderInterval) }.min()
    }

    /// Takes over all that is found of these types, and answers with what changed.
    ///
    /// - Parameters:
    ///   - findings: All that is wrong now of `types`, each identity once; others of another type are left out.
    ///   - object: Only what is said of this object is replaced; `nil` replaces what is said of any.
    ///   - isOpen: Whether something that is not among the findings could not be looked at, and stays as it was.
    package mutating func replace(
        _ types: Set<ConditionType>,
        of object: String? = nil,
        with findings: [Finding],
        leaving isOpen: (Condition) -> Bool = { _ in false },
        at now: Date,
        run: String? = nil,
        revision: String? = nil
    ) -> [EventDraft] {
        let found = Dictionary(
            findings.filter { types.contains($0.type) }.map { ($0.identity, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var drafts: [EventDraft] = []
        var kept: [Entry] = []
        func tell(_ entry: Entry, _ transition: Event.Transition, _ severity: Event.Severity) {
            drafts.append(draft(entry, transition, severity, at: now, run: run, revision: revision))
        }
        for var entry in entries {
            guard types.contains(entry.condition.type), object == nil || entry.condition.object == object else {
                kept.append(entry)
                continue
            }
            guard let finding = found[entry.identity] else {
                guard !isOpen(entry.condition) else {
                    kept.append(entry)
                    continue
                }
                if entry.toldAt != nil { tell(entry, .cleared, .info) }
                continue
            }
            if entry.condition.status != finding.status { entry.condition.since = now }
            entry.condition.status = finding.status
            entry.condition.message = finding.message
            let isWorse = finding.severity > entry.severity
            entry.severity = finding.severity
            if finding.isTold && (entry.toldAt == nil || isWorse) {
                entry.toldAt = now
                tell(entry, .raised, finding.severity)
            }
            kept.append(entry)
        }
        let known = Set(kept.map(\.identity))
        for (identity, finding) in found.sorted(by: { $0.key < $1.key }) where !known.contains(identity) {
            let entry = Entry(
                condition: Condition(
                    object: finding.object,
                    type: finding.type,
                    status: finding.status,
                    reason: finding.reason,
                    message: finding.message,
                    since: now
                ),
                severity: finding.severity,
                toldAt: finding.isTold ? now : nil
            )
            if finding.isTold { tell(entry, .raised, finding.severity) }
            kept.append(entry)
        }
        entries = kept.sorted { $0.identity < $1.identity }
        return drafts
    }

    /// A reminder of one finding ahead of its time, as more is known of it.
    package mutating func tellAgain(_ identity: Finding.Identity, at now: Date) -> [EventDraft] {
        guard let index = entries.firstIndex(where: { $0.identity == identity }) else { return [] }
        return [remind(index, at: now)]
    }

    /// What stays wrong and was last told of a day ago.
    package mutating func reminders(at now: Date) -> [EventDraft] {
        var drafts: [EventDraft] = []
        for index in entries.indices {
            guard let toldAt = entries[index].toldAt else { continue }
            // A clock that was set back must not silence a reminder for longer than a day.
            if toldAt > now { entries[index].toldAt = now }
            guard now >= toldAt.addingTimeInterval(Self.reminderInterval) else { continue }
            drafts.append(remind(index, at: now))
        }
        return drafts
    }

    private mutating func remind(_ index: Int, at now: Date) -> EventDraft {
        entries[index].toldAt = now
        return draft(entries[index], .reminder, entries[index].severity, at: now)
    }

    private func draft(
        _ entry: Entry,
        _ transition: Event.Transition,
        _ severity: Event.Severity,
        at now: Date,
        run: String? = nil,
        revision: String? = nil
    ) -> EventDraft {
        let condition = entry.condition
        return EventDraft(
            time: now,
            tenant: tenant,
            object: condition.object,
            condition: condition.type,
            reason: condition.reason,
            transition: transition,
            severity: severity,
            message: condition.message,
            run: run,
            revision: revision
        )
    }
}
