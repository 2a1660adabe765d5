import Connectors

/// What git takes over of the tenant: no change writes it, and it may weaken security all the same.
extension PlanDraft {
    /// Holds a commit that makes a weaker value its own, which someone set in the tenant, without the approval that the same
    /// value would take if it were to be written.
    ///
    /// Only what is new to git counts: what was applied, and what an `AcceptedDrift` covers, was asked about before.
    mutating func holdWeakerTakeover(_ pair: Matching.Pair, _ object: Seen, _ comparison: ThreeWay) {
        guard let applied = pair.applied, pair.desired.acceptedRisk == nil else { return }
        let open = Set(comparison.differences.map(\.path) + comparison.released)
        let item = DriftComparison.item(.changed, applied, object, accepted) { path, _ in open.contains(path) }
        guard let item else { return }
        let kind = pair.desired.kind
        var former: Settings = [:]
        for field in item.fields where kind.field(field.path) != nil {
            former[field.path] = field.applied ?? FieldValue.none
        }
        let risks = RiskRules(kind, before: object.normal.laying(former), after: object.normal).risks
        guard risks.level == .high else { return }
        hold(
            .approvalMissing,
            "\(pair.desired.place) takes over what was changed in the tenant, and that weakens security (\(Self.ids(of: risks))). If "
                + "that is wanted, add the line \(Annotation.acceptRisk): \"<reason>\" under metadata.annotations of the document."
        )
    }

    /// Holds a commit that takes out the definition of what someone deleted in the tenant, without the approval that the same
    /// deletion would take if it were to be carried out.
    mutating func holdWeakerRemoval(_ applied: AppliedConnector) {
        guard applied.acceptedRisk == nil, !input.desired.tombstones.contains(where: { $0.covers(applied.key) }) else {
            return
        }
        let former = NormalSettings(applied.key.kind, applied.settings)
        let risks = RiskRules(applied.key.kind, before: former, after: nil).risks
        guard risks.level == .high else { return }
        hold(
            .approvalMissing,
            "\(applied.key) was deleted in the tenant and its document is gone too, and that weakens security (\(Self.ids(of: risks))). If "
                + "that is wanted, add a document of kind Tombstone with spec.connector \(applied.key.name), an owner and a "
                + "reason; if it is not, restore the document."
        )
    }

    private static func ids(of risks: [Risk]) -> String {
        var ids: [String] = []
        for risk in risks where risk.level == .high && !ids.contains(risk.id) { ids.append(risk.id) }
        return ids.joined(separator: ", ")
    }
}
