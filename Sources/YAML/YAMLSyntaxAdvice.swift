/// What to do about the commonest complaints of libyaml.
enum YAMLSyntaxAdvice {
    static func remedy(for problem: String) -> String {
        advice.first { problem.contains($0.words) }?.remedy ?? "Correct the YAML here, or in the line above."
    }

    /// Source: the texts in scanner.c, parser.c and reader.c of libyaml 0.2.5.
    private static let advice: [(words: String, remedy: String)] = [
        ("cannot start any token", "Indent with spaces, not tabs; quote a value that begins with @, ` or %."),
        ("mapping values are not allowed", "Quote a value that has a colon in it, and check the indentation."),
        ("could not find expected ':'", "Write a colon and a space after the key, and check the indentation."),
        ("did not find expected key", "Check the indentation: keys of one mapping stand in one column."),
        ("did not find expected '-' indicator", "Check the indentation: the dashes of one list stand in one column."),
        ("did not find expected alphabetic", "Quote a value that begins with * or &: write \"*.contoso.com\"."),
        ("alias", "Quote a value that begins with *: write \"*.contoso.com\"."),
        ("anchor", "Quote a value that begins with &."),
        ("did not find expected ',' or ']'", "Close the list with ], and put commas between its entries."),
        ("did not find expected ',' or '}'", "Close the mapping with }, and put commas between its pairs."),
        ("while parsing a flow node", "Close the list with ], or the mapping with }."),
        ("found unexpected document indicator", "Close the quotation mark."),
        ("found unexpected end of stream", "Close the quotation mark."),
        ("unknown escape character", "Use single quotes, in which a backslash is a backslash."),
        ("control characters are not allowed", "Remove the character; type the line again rather than pasting it."),
        ("undefined tag handle", "Remove the tag, or quote a value that begins with !."),
    ]
}
