/// What a stretch of text is, for a terminal that shows colour.
enum Ink {
    case plain
    case added
    case changed
    case removed
    case alarm
    case faint
    case strong

    /// Source: ECMA-48, select graphic rendition.
    private var code: String? {
        switch self {
        case .plain: nil
        case .added: "32"
        case .changed: "33"
        case .removed: "31"
        case .alarm: "35"
        case .faint: "2"
        case .strong: "1"
        }
    }

    func paint(_ text: String, _ style: TextStyle) -> String {
        guard style.usesColour, !text.isEmpty, let code else { return text }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}
