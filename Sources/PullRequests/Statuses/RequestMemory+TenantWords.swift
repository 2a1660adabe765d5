import Connectors
import Forges
import TLSGate

extension RequestMemory {
    func word(
        _ check: RequestCheck,
        of trees: TenantTrees,
        isSummary: Bool,
        review: ReviewVerdict?
    ) -> RequestStatusWord {
        let look = looks[trees.tenant].flatMap { $0.trees == trees ? $0 : nil }
        var word =
            switch check {
            case .validate: validateWord(look, isSummary)
            case .plan: planWord(look, isSummary, review)
            case .gate: gateWord(look, isSummary)
            }
        word.tenant = trees.tenant
        return word
    }

    private func validateWord(_ look: TenantLook?, _ isSummary: Bool) -> RequestStatusWord {
        switch look?.validation {
        case nil: .waiting
        case .valid: RequestStatusWord(.success, "The definitions are valid.")
        case .invalid(let errors, let first):
            RequestStatusWord(
                .failure,
                "\(errors) \(errors == 1 ? "error" : "errors")"
                    + (isSummary ? " in the definitions; see mitregate validate." : ": \(first.escapingControls)")
            )
        }
    }

    /// Why there is no plan, where it is not that it is still to be made.
    private func unplannedWord(_ look: TenantLook?, _ isSummary: Bool) -> RequestStatusWord? {
        if case .invalid? = look?.validation {
            return RequestStatusWord(.failure, "Not planned: the definitions have errors.")
        }
        guard mayPlan else {
            return RequestStatusWord(
                .pending,
                "From a fork: someone who may write here has to comment mitregate plan."
            )
        }
        if let trouble = look?.trouble {
            let reason = isSummary ? "a problem on our side; it is tried again." : trouble.escapingControls
            return RequestStatusWord(.error, "Not planned: \(reason)")
        }
        return look?.plan == nil ? .waiting : nil
    }

    private func planWord(_ look: TenantLook?, _ isSummary: Bool, _ review: ReviewVerdict?) -> RequestStatusWord {
        if let word = unplannedWord(look, isSummary) { return word }
        guard let plan = look?.plan else { return .waiting }
        if let first = review?.unreviewed.first {
            return RequestStatusWord(.failure, "Held: differs from what was reviewed (\(first.key)).")
        }
        if wasTakenBack(plan, in: look?.trees.tenant) {
            return RequestStatusWord(.failure, "Rolled back when it was applied before the merge: push a correction.")
        }
        guard plan.guards.isEmpty else {
            return RequestStatusWord(.failure, "Held: \(plan.guards.joined(separator: ", ")).")
        }
        let count = plan.create + plan.update + plan.delete
        let waits = plan.waits.isEmpty ? "" : " Waits after the merge: \(plan.waits.joined(separator: ", "))."
        guard count > 0 else {
            guard isAppliedAhead(look?.trees.tenant) else {
                return RequestStatusWord(.success, "No changes to the tenant.\(waits)")
            }
            return RequestStatusWord(.success, "Applied before the merge: merging writes nothing more.\(waits)")
        }
        let text = "\(plan.create) to create, \(plan.update) to update, \(plan.delete) to delete.\(waits)"
        return RequestStatusWord(.success, text, count: count)
    }

    private func gateWord(_ look: TenantLook?, _ isSummary: Bool) -> RequestStatusWord {
        if let word = unplannedWord(look, isSummary) {
            return word.state == .failure
                ? RequestStatusWord(.failure, "Not gated: the definitions have errors.") : word
        }
        guard let plan = look?.plan else { return .waiting }
        if isDraft {
            return RequestStatusWord(.pending, "A draft is not gated: its author has to mark it as ready for review.")
        }
        guard plan.isGated else { return .waiting }
        let names = plan.refused.prefix(2).map(\.name).joined(separator: ", ")
        let more = plan.refused.count > 2 ? " and others" : ""
        switch plan.verdict {
        case nil: return RequestStatusWord(.success, "Nothing to judge.")
        case .pass: return RequestStatusWord(.success, "pass: mail will flow.")
        case .warn: return RequestStatusWord(.success, "warn: mail will flow, and something should be fixed.")
        case .approve:
            return RequestStatusWord(
                .failure,
                "Held: a person must accept what was found, with a Waiver: \(names)\(more)."
            )
        case .hold:
            return RequestStatusWord(.failure, "Held: it could not be judged now, and is tried again: \(names)\(more).")
        case .block: return RequestStatusWord(.failure, "Blocked: mail would not flow: \(names)\(more).")
        }
    }
}

extension RequestStatusWord {
    fileprivate static let waiting = RequestStatusWord(.pending, "Not looked at yet.")
}
