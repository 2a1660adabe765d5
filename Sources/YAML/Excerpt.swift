import Connectors

/// A line of a file as a terminal may show it: bounded, and without anything that a terminal would act on.
package struct Excerpt: Hashable, Sendable, Codable {
    package let text: String
    /// How many characters stand before the place that is meant.
    package let caret: Int
    /// How many characters the place takes.
    package let length: Int

    /// At most so many characters of a line are shown, around the place that is meant.
    static let width = 72

    package init(text: String, caret: Int, length: Int) {
        self.text = text
        self.caret = caret
        self.length = length
    }

    /// The line of a place; `nil` for the file as a whole.
    package init?(_ source: SourceText, _ place: YAMLPlace) {
        guard place.line > 0, let bytes = source.line(place.line) else { return nil }
        // A line may be as long as the file: only what can be shown is decoded.
        let scalars = String(decoding: bytes.prefix((place.column + Self.width) * 4 + 4), as: UTF8.self).unicodeScalars
        let start = max(0, place.column - 1 - Self.width / 2)
        let isCutBefore = start > 0
        var text = isCutBefore ? "…" : ""
        var caret: Int?
        var length = 0
        var index = 0
        for scalar in scalars {
            defer { index += 1 }
            guard index >= start else { continue }
            if text.count >= Self.width {
                text += "…"
                break
            }
            let shown = scalar == "\t" ? " " : String(scalar).escapingControls
            if index == place.column - 1 { caret = text.count }
            text += shown
            if caret != nil, index < place.column - 1 + place.length { length += shown.count }
        }
        self.text = text
        self.caret = min(caret ?? text.count, text.count)
        self.length = max(1, min(length, Self.width))
    }
}
