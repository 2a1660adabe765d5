import Connectors
package import Definitions
package import FoundationEssentials
package import Planning
package import Reports
import YAML

/// From a commit that was rolled back in a tenant to the change that takes it back in git.
///
/// Only the tenant's own files are put back, and by their content: what others did since stays.
package struct RevertOffer: Sendable {
    package var place: OfferPlace
    package var quarantine: Quarantine
    /// The figures on which the run was taken back, a sentence each.
    package var evidence: [String]
    /// The tenant's folder before the commit, at it, and at ``OfferPlace/base``.
    package var before: [DefinitionFile]
    package var at: [DefinitionFile]
    package var head: [DefinitionFile]
    package var scope: DefinitionScope
    package var now: Date

    package init(
        place: OfferPlace,
        quarantine: Quarantine,
        evidence: [String],
        before: [DefinitionFile],
        at: [DefinitionFile],
        head: [DefinitionFile],
        scope: DefinitionScope = DefinitionScope(),
        now: Date
    ) {
        self.place = place
        self.quarantine = quarantine
        self.evidence = evidence
        self.before = before
        self.at = at
        self.head = head
        self.scope = scope
        self.now = now
    }

    private enum Outcome {
        /// Nothing of the commit is left in it.
        case done
        case change([UInt8]?, RevertOfferText.Entry.Form)
        case left(String)
    }

    package func draft() -> OfferDraft<RevertOfferText.Left> {
        let before = contents(self.before)
        let at = contents(self.at)
        let head = contents(self.head)
        var entries: [RevertOfferText.Entry] = []
        var left: [RevertOfferText.Left] = []
        var changed = head
        for path in Set(before.keys).union(at.keys).sorted() where before[path] != at[path] {
            switch outcome(before[path], at[path], head[path]) {
            case .done: continue
            case .left(let reason): left.append(RevertOfferText.Left(path: place.path(path), reason: reason))
            case .change(let bytes, let form):
                changed[path] = bytes
                entries.append(RevertOfferText.Entry(path: path, form: form))
            }
        }
        guard !entries.isEmpty else { return OfferDraft(offer: nil, left: left) }
        if let error = newError(head, changed) {
            left += entries.map { RevertOfferText.Left(path: place.path($0.path), reason: error) }
            return OfferDraft(offer: nil, left: left)
        }
        let files = entries.map { ChangeOffer.File(path: place.path($0.path), content: changed[$0.path]) }
        let text = RevertOfferText(
            instance: place.instance,
            tenant: place.tenant,
            branch: ChangeOffer.branch(.revert, of: place.tenant),
            quarantine: quarantine,
            entries: entries.map { RevertOfferText.Entry(path: place.path($0.path), form: $0.form) },
            left: left,
            evidence: evidence,
            visibility: place.visibility
        ).text(limits: place.limits)
        let parts = [OfferDigest.of(["revert", quarantine.revision])]
        return OfferDraft(offer: place.offer(.revert, text, files: files, parts: parts), left: left)
    }

    private func contents(_ files: [DefinitionFile]) -> [String: [UInt8]] {
        let definitions = files.filter { DefinitionReader.isDefinition($0.path) }
        return Dictionary(definitions.map { ($0.path, $0.bytes) }) { first, _ in first }
    }

    private func outcome(_ before: [UInt8]?, _ at: [UInt8]?, _ head: [UInt8]?) -> Outcome {
        if head == before { return .done }
        if head == at { return .change(before, before == nil ? .removed : .restored) }
        guard let head else { return .left("a later commit removed it") }
        guard let at else { return .left("the commit removed it, and a later one added another file with that name") }
        guard let before else { return .left("the commit added it, and a later one changed it") }
        guard let merged = LineMerge.merge(base: at, ours: head, theirs: before) else {
            return .left("a later commit changed the same lines")
        }
        return merged == head ? .done : .change(merged, .merged)
    }

    /// Files that would break a rule are not offered: neither what a merge of lines made of one, nor all of them together.
    private func newError(_ head: [String: [UInt8]], _ changed: [String: [UInt8]]) -> String? {
        func error(_ files: [String: [UInt8]]) -> Diagnostic? {
            let files = files.sorted { $0.key < $1.key }.map { DefinitionFile(path: $0.key, bytes: $0.value) }
            return DefinitionReader.read(files, now: now, scope: scope).diagnostics.first { $0.severity == .error }
        }
        guard let error = error(changed) else { return nil }
        return "it would not validate if it were put back: \(error.reason)"
    }
}
