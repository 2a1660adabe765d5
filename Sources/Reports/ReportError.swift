/// What can be wrong with a document that is read back.
package struct ReportError: Error, Hashable, Sendable {
    package let entry: ErrorEntry

    init(id: String, message: String, remedy: String, file: String) {
        entry = ErrorEntry(id: id, message: message, remedy: remedy, file: file)
    }
}

extension ReportError: CustomStringConvertible {
    package var description: String { "\(entry.place ?? ""): \(entry.message)\n  \(entry.remedy)" }
}
