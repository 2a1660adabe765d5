/// Why a command did nothing, or not all.
package struct ErrorDocument: ReportDocument, Hashable {
    package static let kind = "Error"

    package var errors: [ErrorEntry]

    package init(_ errors: [ErrorEntry]) { self.errors = errors }
}
