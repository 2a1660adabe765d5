/// Errors as a person reads them: what is wrong, and below it what to do.
package enum ErrorReport {
    package static func text(_ document: ErrorDocument, style: TextStyle = TextStyle()) -> String {
        var page = Page(style)
        add(document.errors, to: &page, indent: 0)
        return page.text
    }

    static func add(_ errors: [ErrorEntry], to page: inout Page, indent: Int) {
        for error in errors {
            let place = error.place.map { "\($0): " } ?? ""
            page.add("\(place)\(error.message)", indent: indent, mark: "✗", markInk: .removed)
            if !error.remedy.isEmpty { page.add(error.remedy, indent: indent + 2) }
        }
    }
}
