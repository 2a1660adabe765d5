import Connectors
import YAML

/// The edits of one document.
struct DocumentEditing {
    var editor: YAMLEditor
    let index: Int
    let file: ParsedFile
    let source: SourcePosition
    /// Whether the document was the only one of its file, and is gone.
    private(set) var isFileGone = false

    init(editor: YAMLEditor, index: Int, file: ParsedFile, source: SourcePosition) {
        self.editor = editor
        self.index = index
        self.file = file
        self.source = source
    }

    private var spec: YAMLPath { YAMLPath(document: index, keys: "spec") }

    /// The connectors that the document stands for.
    private var connectors: [DesiredConnector] { file.connectors.filter { $0.source == source } }

    mutating func fulfil(_ wishes: [DefinitionWish]) throws(YAMLEditRefusal) -> [UnmetWish] {
        if let partner = editor.partner(in: index) { return try fulfil(wishes, for: partner) }
        var unmet: [UnmetWish] = []
        for wish in wishes {
            switch wish.change {
            case .removal: try removeDocument()
            case .fields(let values): unmet += set(values, of: wish.key)
            }
        }
        return unmet
    }

    mutating func removeDocument() throws(YAMLEditRefusal) {
        if editor.documentCount > 1 {
            try editor.removeDocument(index)
        } else {
            isFileGone = true
        }
    }

    // MARK: A connector or a rule

    private mutating func set(_ values: [String: FieldValue], of key: ConnectorKey) -> [UnmetWish] {
        guard let connector = connectors.first(where: { $0.key == key }) else { return [] }
        let order = [SpecFields.displayName.name] + key.kind.fields.map(\.name)
        let names = values.keys.sorted {
            (order.firstIndex(of: $0) ?? .max, $0) < (order.firstIndex(of: $1) ?? .max, $1)
        }
        var unmet: [UnmetWish] = []
        for name in names {
            guard let value = values[name] else { continue }
            let isName = name == SpecFields.displayName.name
            guard isName || key.kind.field(name) != nil else {
                unmet.append(UnmetWish(key, field: name, reason: "no definition can say it", position: source))
                continue
            }
            do throws(YAMLEditRefusal) {
                let field = key.kind.field(name)
                let written = field.map { $0.asWritten(value, over: connector.settings[name]) } ?? value
                try put(name, written, in: spec, order: order)
                try check(name, value, of: key)
            } catch {
                unmet.append(UnmetWish(key, field: name, reason: error.message, position: error.position))
            }
        }
        return unmet
    }

    /// Sets a field, or adds it where people who read the table of fields look for it.
    mutating func put(
        _ name: String,
        _ value: FieldValue,
        in path: YAMLPath,
        order: [String]
    ) throws(YAMLEditRefusal) {
        let present = editor.keys(at: path)
        if present.contains(name) {
            try editor.set(path.key(name), to: value)
        } else {
            let before = Set(order.prefix { $0 != name })
            try editor.insert(name, value, in: path, behind: present.last { before.contains($0) })
        }
    }

    /// Reads the document as a definition, and compares the field.
    private func check(_ name: String, _ value: FieldValue, of key: ConnectorKey) throws(YAMLEditRefusal) {
        let read = DefinitionReader.parse(DefinitionFile(path: file.path, bytes: editor.bytes))
        let connector = read.connectors.first { $0.key == key }
        let says: Bool
        if let field = key.kind.field(name) {
            says =
                connector?.settings[name].map { field.isSame($0, value) || field.isNone($0) && field.isNone(value) }
                ?? false
        } else {
            says = connector.map { .text($0.displayName) == value } ?? false
        }
        guard says else { throw YAMLEditRefusal(.unfaithful, at: source) }
    }
}

extension Field {
    /// A value in the form in which it is written: of a list, the entries that were there stay as they were written, in their order.
    ///
    /// - Parameter former: What the definition says now.
    func asWritten(_ value: FieldValue, over former: FieldValue?) -> FieldValue {
        guard case .set(let term) = type else {
            // `null` says of a field with a text for its default what an empty text does.
            if isNone(value) { return .none }
            return value
        }
        let wanted = value.strings
        let wantedNormal = Set(wanted.map(term.normal))
        let old = former?.strings ?? []
        let known = Set(old.map(term.normal))
        var added = wanted.filter { !known.contains(term.normal($0)) }[...]
        var result: [String] = []
        for entry in old {
            if wantedNormal.contains(term.normal(entry)) {
                result.append(entry)
            } else if let next = added.popFirst() {
                result.append(next)
            }
        }
        return .list(result + added)
    }

    /// Whether a value is none at all.
    func isNone(_ value: FieldValue) -> Bool {
        switch normal(value) {
        case .none, .list([]), .text(""): true
        default: false
        }
    }
}

extension YAMLEditor {
    /// What a document says as a `ForcedTLSPartner`; `nil` where it is none.
    func partner(in index: Int) -> ForcedTLSPartner? {
        let findings = Findings(source)
        var roots: [YAMLNode] = []
        YAMLReader.read(findings, limits: .definitions) { roots.append($0.root) }
        guard roots.indices.contains(index), case .mapping(let top) = roots[index].value,
            top["kind"]?.value.scalar?.text == DefinitionKind.forcedTLSPartner.rawValue,
            let node = top["spec"]?.value, let spec = YAMLFields(node, "spec", findings)
        else { return nil }
        return PartnerReader.partner(SpecReader(spec, SpecFields.forcedTLSPartner, and: [Evidence.key]))
    }

    /// The document whose root begins at a place.
    func document(at position: SourcePosition) -> Int? {
        (0..<documentCount).first { start(ofDocument: $0) == position }
    }
}
