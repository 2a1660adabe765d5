extension PlanDocument {
    /// The largest plan file that is read, in bytes.
    package static let maximumSize = 64 << 20

    /// Reads a plan that was saved; whether it is still true is found out by planning again and comparing digests.
    ///
    /// - Throws: When it is not a plan, has another version, is damaged, or is too large.
    package static func read(_ bytes: [UInt8], file: String) throws(ReportError) -> PlanDocument {
        let again = "Save it again: mitregate plan --out \(file)"
        let document = try SavedDocument<PlanDocument>(
            id: "plan-file",
            noun: "plan",
            maximumSize: maximumSize,
            again: again
        ).read(bytes, file: file)
        let names = document.tenants.map(\.tenant)
        guard Set(names).count == names.count else {
            throw ReportError(
                id: "plan-file-damaged",
                message: "The plan is damaged: it has two entries for one tenant.",
                remedy: again,
                file: file
            )
        }
        return document
    }
}
