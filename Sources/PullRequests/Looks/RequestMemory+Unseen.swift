import Forges
import FoundationEssentials

extension RequestMemory {
    /// Whether it was merged before anyone looked at it, so that only the branch tells what it touched.
    package var wasNeverSeen: Bool { isMerged && touchedHead.isEmpty }

    /// Takes in what the branch's commits tell of a merged request that was never looked at.
    ///
    /// No one was shown it, so this lets nothing pass. Its outcome is still told.
    package mutating func touched(by trees: [TenantTrees]) {
        guard wasNeverSeen else { return }
        let known = Set(touched.map(\.tenant))
        let new = trees.filter { $0.differ && !known.contains($0.tenant) }
        touched = (touched + new).sorted { $0.tenant < $1.tenant }
        touched.removeLast(max(0, touched.count - Self.tenantLimit))
    }
}
