/// How a text for people is laid out.
package struct TextStyle: Hashable, Sendable {
    /// In columns; no line is longer.
    package var width: Int
    /// Colour only helps: every symbol carries its meaning alone.
    package var usesColour: Bool

    package init(width: Int = 80, usesColour: Bool = false) {
        self.width = max(40, width)
        self.usesColour = usesColour
    }
}
