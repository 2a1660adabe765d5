import Connectors
import YAML

extension Section {
    /// Text as it was written, without spaces at its ends; refused when empty or when it holds control characters.
    func text(_ key: String) -> (text: String, origin: Origin)? {
        guard let setting = setting(key) else { return nil }
        guard let text = text(of: setting, key) else { return nil }
        return (text, setting.origin)
    }

    func text(of setting: Setting, _ key: String) -> String? {
        guard let scalar = setting.node.scalar else {
            wrongType(key, "text", setting)
            return nil
        }
        guard let text = filled(scalar.text.trimmingSpaces(), key, setting.origin) else { return nil }
        guard !text.isEmpty, !setting.isNothing else {
            addEmpty(key, at: setting.origin)
            return nil
        }
        guard !text.unicodeScalars.contains(where: \.isTreacherous) else {
            context.add(
                "config-control-character",
                at: setting.origin,
                "\(key) holds a character that cannot be seen.",
                remedy: "Type the value again instead of pasting it."
            )
            return nil
        }
        return text
    }

    /// A text with what stands for its `${…}`; `nil`, with a problem noted, where one means nothing.
    private func filled(_ text: String, _ key: String, _ origin: Origin) -> String? {
        guard let placeholders, text.contains("${") else { return text }
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            result += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            guard let end = rest.firstIndex(of: "}"), let value = placeholders[String(rest[..<end])] else {
                context.add(
                    "config-placeholder",
                    at: origin,
                    "\(key) has a ${…} that stands for nothing.",
                    remedy: "Only ${name} is known here: the tenant's name."
                )
                return nil
            }
            result += value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    /// One of the words of an enumeration.
    func word<Word: RawRepresentable & CaseIterable>(_ key: String, _ default: Word, except: [Word] = []) -> Word
    where Word.RawValue == String, Word: Equatable {
        guard let (text, origin) = text(key) else { return `default` }
        let words = Word.allCases.filter { !except.contains($0) }
        if let word = words.first(where: { $0.rawValue == text }) { return word }
        let known = words.map(\.rawValue)
        let question = Nearest.question(text, among: known).map { "\($0) " } ?? ""
        context.add(
            "config-unknown-word",
            at: origin,
            "\(key) cannot be \(text.quoted).",
            remedy: "\(question)Known: \(known.joined(separator: ", "))."
        )
        return `default`
    }

    func boolean(_ key: String, _ default: Bool) -> Bool {
        guard let setting = setting(key) else { return `default` }
        switch setting.node.scalar?.text {
        case "true": return true
        case "false": return false
        default:
            wrongType(key, "true or false", setting)
            return `default`
        }
    }

    func integer(_ key: String, _ default: Int, in range: ClosedRange<Int>) -> Int {
        guard let setting = setting(key) else { return `default` }
        guard let scalar = setting.node.scalar, scalar.kind == .integer, let number = Int(scalar.text) else {
            wrongType(key, "a whole number", setting)
            return `default`
        }
        guard range.contains(number) else {
            context.add(
                "config-out-of-range",
                at: setting.origin,
                "\(key) is \(number), and must lie between \(range.lowerBound) and \(range.upperBound).",
                remedy: "The default is \(`default`)."
            )
            return `default`
        }
        return number
    }

    /// A share such as `0.2`.
    func share(_ key: String, _ default: Double) -> Double {
        guard let setting = setting(key) else { return `default` }
        guard let text = setting.node.scalar?.text, let number = Double(text), number >= 0, number <= 1 else {
            wrongType(key, "a number between 0 and 1", setting)
            return `default`
        }
        return number
    }

    func duration(_ key: String, _ default: Duration, atLeast minimum: Duration = .zero) -> Duration {
        guard let (text, origin) = text(key) else { return `default` }
        guard let duration = Duration(configured: text) else {
            context.add(
                "config-duration",
                at: origin,
                "\(key) is not a duration: \(text.quoted).",
                remedy: "Write it as 30s, 5m, 1h30m or 14d."
            )
            return `default`
        }
        guard duration >= minimum else {
            context.add(
                "config-out-of-range",
                at: origin,
                "\(key) is shorter than \(minimum.configured).",
                remedy: "The default is \(`default`.configured)."
            )
            return `default`
        }
        return duration
    }

    /// Texts in a list, or one text; from outside the file, texts with commas between them.
    ///
    /// - Parameter isRequired: Whether a list without an entry is an error, as without one what it is for has no effect.
    func texts(_ key: String, isRequired: Bool = false) -> [(text: String, origin: Origin)] {
        guard let setting = setting(key) else { return [] }
        if isRequired, case .sequence(let nodes) = setting.node.value, nodes.isEmpty {
            addEmpty(key, at: setting.origin)
        }
        return texts(of: setting, key)
    }

    func texts(of setting: Setting, _ key: String) -> [(text: String, origin: Origin)] {
        if setting.isFromOutside, let scalar = setting.node.scalar {
            return scalar.text.split(separator: ",").map { (String($0).trimmingSpaces(), setting.origin) }
        }
        guard case .sequence(let nodes) = setting.node.value else {
            return text(of: setting, key).map { [($0, setting.origin)] } ?? []
        }
        return nodes.compactMap { node in
            let entry = Setting(node: node, origin: setting.origin.moved(to: node.place))
            return text(of: entry, key).map { ($0, entry.origin) }
        }
    }

    /// A path, written plainly or as `{file: PATH}`, from the file's folder.
    func file(_ key: String) -> String? {
        guard let setting = setting(key) else { return nil }
        guard case .mapping(let mapping) = setting.node.value else {
            return text(of: setting, key).map(context.resolved)
        }
        let below = Section(
            [Layer(mapping: mapping)],
            path: nil,
            origin: setting.origin,
            placeholders: placeholders,
            context: context
        )
        let file = below.text("file")
        if file == nil, !below.has("file") { below.missing("file", in: key, remedy: "Write \(key): {file: PATH}.") }
        below.finish(in: key)
        return file.map { context.resolved($0.text) }
    }

    /// `{env: NAME}` or `{file: PATH}`; whatever else stands there may be the secret itself, and is not repeated.
    func secret(_ key: String) -> SecretReference? {
        // Nothing is told so too: a secret that begins with # is a comment.
        guard let setting = given(key) else { return nil }
        guard case .mapping(let mapping) = setting.node.value else {
            addLiteral(key, at: setting.origin)
            return nil
        }
        guard mapping.entries.count == 1, let entry = mapping.entries.first, let scalar = entry.value.scalar,
            entry.key == "env" || entry.key == "file"
        else {
            addLiteral(key, at: setting.origin)
            return nil
        }
        let place = setting.origin.moved(to: entry.value.isNull ? entry.keyPlace : entry.value.place)
        guard let text = filled(entry.value.isNull ? "" : scalar.text.trimmingSpaces(), key, place) else { return nil }
        if entry.key == "file", !text.isEmpty, !text.unicodeScalars.contains(where: \.isTreacherous) {
            return .file(context.resolved(text))
        }
        guard entry.key == "env", text.isVariableName else {
            context.add(
                "config-secret-reference",
                at: place,
                "\(key) names no variable and no file.",
                remedy: "Write \(key): {env: NAME} with letters, digits and underscores, or \(key): {file: PATH}."
            )
            return nil
        }
        context.note(variable: text)
        return .environment(text)
    }

    private func addLiteral(_ key: String, at origin: Origin) {
        context.add(
            "config-literal-secret",
            at: origin,
            "\(key) must say where the secret is found, not hold it; what stands there is not repeated here.",
            remedy: "Write \(key): {env: NAME} or \(key): {file: PATH}. If a secret was saved in this file, replace it."
        )
    }
}

extension String {
    /// Whether it can be the name of an environment variable (POSIX, XBD 8.1, with small letters).
    fileprivate var isVariableName: Bool {
        guard let first = utf8.first, !(48...57).contains(first) else { return false }
        return utf8.allSatisfy { byte in
            byte == 95 || (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        }
    }
}
