import Connectors
import YAML

/// The edits of an instance's values.
///
/// A field of what a template makes can be edited at its instance where the value is nothing else: the template has the value's
/// parameter as the whole of that field, and nowhere again, so that no other field and no other tenant is touched.
struct InstanceEditing {
    private(set) var editor: YAMLEditor
    private let values: YAMLPath
    private let template: Template
    /// The connector's document in the template.
    private let document: YAMLNode

    /// - Parameters:
    ///   - source: Where the connector's document stands in the template.
    ///   - index: The instance's document in its file.
    init?(_ editor: YAMLEditor, index: Int, _ template: Template, _ source: SourcePosition) {
        let document = template.documents.first { $0.place.line == source.line && $0.place.column == source.column }
        guard let document else { return nil }
        self.editor = editor
        self.template = template
        self.document = document
        values = YAMLPath(document: index, keys: "spec", "values")
    }

    /// Sets the value that is the field.
    ///
    /// - Returns: Whether there is such a value, and it could be set.
    mutating func set(_ field: String, to value: FieldValue, of kind: ConnectorKind) -> Bool {
        guard let name = parameter(of: field, kind), editor.keys(at: values).contains(name) else { return false }
        do throws(YAMLEditRefusal) {
            try editor.set(values.key(name), to: value)
            return true
        } catch {
            return false
        }
    }

    /// The parameter that a field is, and that stands nowhere else.
    private func parameter(of field: String, _ kind: ConnectorKind) -> String? {
        guard case .mapping(let top) = document.value, top["kind"]?.value.scalar?.text == kind.rawValue,
            case .mapping(let spec)? = top["spec"]?.value.value, let text = spec[field]?.value.scalar?.text,
            let name = Placeholders(text)?.whole,
            template.documents.reduce(0, { $0 + Self.uses(of: name, in: $1) }) == 1
        else { return nil }
        return name
    }

    private static func uses(of name: String, in node: YAMLNode) -> Int {
        switch node.value {
        case .scalar(let scalar): Placeholders(scalar.text)?.names.count { $0 == name } ?? 0
        case .sequence(let items): items.reduce(0) { $0 + uses(of: name, in: $1) }
        case .mapping(let mapping): mapping.entries.reduce(0) { $0 + uses(of: name, in: $1.value) }
        }
    }
}

extension DefinitionEditor {
    /// Fulfils a wish for what a template makes, as far as its fields are values of that instance alone.
    ///
    /// - Parameter place: Where the template makes the connector, and for which instance.
    func fulfil(_ wish: DefinitionWish, madeAt place: SourcePosition, in draft: inout Draft) -> [UnmetWish] {
        guard let instance = place.instance else { return [] }
        let refused = UnmetWish(wish.key, field: nil, reason: Self.reason(place, instance), position: place)
        guard case .fields(let values) = wish.change, !instance.isConfigured,
            let number = original[instance.file]?.instances.firstIndex(where: { $0.position == instance.position })
        else { return [refused] }
        var unmet: [UnmetWish] = []
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let edited = edited(name, to: value, of: wish.key, at: place, instance.file, number, draft) else {
                unmet.append(UnmetWish(wish.key, field: name, reason: refused.reason, position: place))
                continue
            }
            draft = edited
        }
        return unmet.count == values.count ? [refused] : unmet
    }

    /// The files with one field of what an instance stands for changed; `nil` where that cannot be, or would change anything else.
    private func edited(
        _ name: String,
        to value: FieldValue,
        of key: ConnectorKey,
        at place: SourcePosition,
        _ path: String,
        _ number: Int,
        _ draft: Draft
    ) -> Draft? {
        let text = draft.edited[path].flatMap(\.self) ?? bytes[path] ?? []
        guard let file = draft.parsed[path] ?? original[path], file.instances.indices.contains(number),
            let template = scope.templates.files[file.instances[number].template]?.template,
            let editor = try? YAMLEditor(path: path, bytes: text),
            let index = editor.document(at: file.instances[number].position),
            var editing = InstanceEditing(editor, index: index, template, place)
        else { return nil }
        let before = says(file)
        guard let former = before[key] else { return nil }
        let field = key.kind.field(name)
        let written = field.map { $0.asWritten(value, over: former.settings[name]) } ?? value
        guard editing.set(name, to: written, of: key.kind) else { return nil }
        let bytes = editing.editor.bytes
        let read = DefinitionReader.parse(DefinitionFile(path: path, bytes: bytes))
        let after = says(read)
        guard after.count == before.count, let now = after[key], now.says(value, in: name),
            before.allSatisfy({ other, connector in
                after[other]?.isSame(as: connector, but: other == key ? name : nil) == true
            })
        else { return nil }
        var draft = draft
        draft.removedComments += editing.editor.removedComments
        draft.edited[path] = bytes
        draft.parsed[path] = read
        return draft
    }

    /// What a file says of connectors, with what its instances stand for.
    private func says(_ file: ParsedFile) -> [ConnectorKey: DesiredConnector] {
        var scope = scope
        scope.instances = []
        let connectors = ExpandedFiles([file], scope, ReadingBudget()).files.flatMap(\.connectors)
        return Dictionary(connectors.map { ($0.key, $0) }) { first, _ in first }
    }
}

extension DesiredConnector {
    fileprivate func says(_ value: FieldValue, in name: String) -> Bool {
        guard let field = kind.field(name) else { return .text(displayName) == value }
        return settings[name].map { field.isSame($0, value) || field.isNone($0) && field.isNone(value) } ?? false
    }

    /// Whether all but one field is the same; places may move.
    fileprivate func isSame(as other: DesiredConnector, but name: String?) -> Bool {
        let isNameFree = name == SpecFields.displayName.name
        return (isNameFree || displayName == other.displayName)
            && settings.filter { $0.key != name } == other.settings.filter { $0.key != name }
    }
}
