/// How a text for people is laid out.
package struct TextStyle: Hashable, Sendable {
    /// In columns, from 40 to 200; a line is longer only where it holds what is there to be copied.
    package let width: Int
    /// Colour only helps: every symbol carries its meaning alone.
    package let usesColour: Bool

    package init(width: Int = 80, usesColour: Bool = false) {
        self.width = min(200, max(40, width))
        self.usesColour = usesColour
    }
}
