import Connectors

/// A text for people, line by line; whatever is put on it is escaped and kept within the width.
struct Page {
    let style: TextStyle
    private var lines: [String] = []

    init(_ style: TextStyle) { self.style = style }

    /// All lines, each with its end.
    var text: String { lines.map { $0 + "\n" }.joined() }

    /// Puts the lines of another page behind these; both have one style.
    mutating func append(_ other: Page) { lines += other.lines }

    /// An empty line, where the last one is not.
    mutating func space() {
        guard let last = lines.last, !last.isEmpty else { return }
        lines.append("")
    }

    /// A paragraph: a mark at its left, and the text to its right on as many lines as it takes.
    ///
    /// - Parameter hang: How far later lines stand to the right of the first.
    mutating func add(
        _ text: String,
        indent: Int = 0,
        mark: String = "",
        markInk: Ink = .plain,
        ink: Ink = .plain,
        hang: Int = 0
    ) {
        let gap = mark.isEmpty ? 0 : mark.columns + 1
        let left = String(repeating: " ", count: indent)
        let margin = String(repeating: " ", count: indent + gap + hang)
        let wrapped = text.escapingControls.wrapped(max(20, style.width - indent - gap), hang: hang)
        for (number, line) in wrapped.enumerated() {
            let painted = ink.paint(line, style)
            if number > 0 {
                lines.append(margin + painted)
            } else if mark.isEmpty {
                lines.append(left + painted)
            } else {
                lines.append(
                    line.isEmpty ? left + markInk.paint(mark, style) : "\(left)\(markInk.paint(mark, style)) \(painted)"
                )
            }
        }
    }

    /// A paragraph with a word before it, as `effect   Mail to fabrikam.com …`.
    mutating func add(label: String, _ text: String, indent: Int, ink: Ink = .plain) {
        add(text, indent: indent, mark: label.padded(8), markInk: .faint, ink: ink)
    }
}
