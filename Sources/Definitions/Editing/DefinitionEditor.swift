import Connectors
package import FoundationEssentials
package import YAML

/// Edits a tenant's files so that they say something else about a connector, and changes nothing else.
///
/// Files are edited by ``YAMLEditor``, and the result is read as definitions again: it must have no new error, and each field
/// must have the value that was wished for. A wish that no such edit can fulfil is left out, with the reason. What a template
/// makes is edited only where a field is a value of its instance and of nothing else (``InstanceEditing``); else the reason names
/// the places to edit.
package struct DefinitionEditor: Sendable {
    let original: [String: ParsedFile]
    /// The document that each connector stands in, by the files as they were given.
    private let sources: [ConnectorKey: SourcePosition]
    /// Where templates make a connector, with the instance that it is made for.
    private let made: [ConnectorKey: SourcePosition]
    let bytes: [String: [UInt8]]
    private let now: Date
    let scope: DefinitionScope
    private var draft: Draft
    /// Why nothing can be edited: what is wrong with the files as they are.
    package let problem: Diagnostic?

    /// The files as they are after some edits; those that are gone are `nil`.
    struct Draft: Sendable {
        var edited: [String: [UInt8]?] = [:]
        var parsed: [String: ParsedFile?] = [:]
        var removedComments: [String] = []
    }

    package init(_ files: [DefinitionFile], now: Date, scope: DefinitionScope = DefinitionScope()) {
        let files = files.filter { DefinitionReader.isDefinition($0.path) }
        let parsed = files.map { DefinitionReader.parse($0) }
        original = Dictionary(parsed.map { ($0.path, $0) }) { first, _ in first }
        sources = Dictionary(parsed.flatMap(\.connectors).map { ($0.key, $0.source) }) { first, _ in first }
        made = Dictionary(
            ExpandedFiles(parsed, scope, ReadingBudget()).files.flatMap(\.connectors)
                .filter { $0.source.instance != nil }.map { ($0.key, $0.source) }
        ) { first, _ in first }
        bytes = Dictionary(files.map { ($0.path, $0.bytes) }) { first, _ in first }
        self.now = now
        self.scope = scope
        draft = Draft()
        problem = DefinitionReader.assemble(parsed, now: now, scope: scope).diagnostics.first { $0.severity == .error }
    }

    /// The files that differ now, in the order of their paths.
    package var editedFiles: [EditedFile] {
        draft.edited.compactMap { path, bytes -> EditedFile? in
            bytes == self.bytes[path] ? nil : EditedFile(path: path, bytes: bytes)
        }.sorted { $0.path < $1.path }
    }

    /// The comments that went with lines that were removed, as they were written.
    package var removedComments: [String] { draft.removedComments }

    /// What the files say now.
    package var definitions: DefinitionSet {
        DefinitionReader.assemble(files(in: draft), now: now, scope: scope)
    }

    /// Edits the files so that they say what is wished, as far as they can.
    ///
    /// - Returns: What they cannot say, in the order of the wishes.
    package mutating func fulfil(_ wishes: [DefinitionWish]) -> [UnmetWish] {
        if let problem {
            return wishes.map {
                UnmetWish($0.key, field: nil, reason: problem.reason, position: problem.position)
            }
        }
        let groups = byDocument(wishes)
        var whole = draft
        var unmet: [UnmetWish] = []
        for group in groups { unmet += fulfil(group, in: &whole) }
        if newError(in: whole) == nil {
            draft = whole
            return unmet
        }
        return oneByOne(groups)
    }

    /// Together they break a rule of the whole folder: each that can be is fulfilled by itself, or behind the others.
    private mutating func oneByOne(_ groups: [[DefinitionWish]]) -> [UnmetWish] {
        var unmet: [UnmetWish] = []
        var waiting = groups
        for isLastTurn in [false, true] {
            let turn = waiting
            waiting = []
            for group in turn {
                var tried = draft
                let left = fulfil(group, in: &tried)
                guard let error = newError(in: tried) else {
                    draft = tried
                    unmet += left
                    continue
                }
                if isLastTurn {
                    unmet += group.map {
                        UnmetWish(
                            $0.key,
                            field: nil,
                            reason: "it would not validate in git: \(error.reason)",
                            position: error.position
                        )
                    }
                } else {
                    waiting.append(group)
                }
            }
        }
        return unmet
    }

    private func newError(in draft: Draft) -> Diagnostic? {
        DefinitionReader.assemble(files(in: draft), now: now, scope: scope).diagnostics.first { $0.severity == .error }
    }

    private func files(in draft: Draft) -> [ParsedFile] {
        original.values.compactMap { file in
            guard let edited = draft.parsed[file.path] else { return file }
            return edited
        }.sorted { $0.path < $1.path }
    }

    // MARK: Documents

    /// The wishes for the connectors of each document together, in the order of the wishes.
    private func byDocument(_ wishes: [DefinitionWish]) -> [[DefinitionWish]] {
        var groups: [[DefinitionWish]] = []
        var places: [SourcePosition: Int] = [:]
        for wish in wishes {
            let source = sources[wish.key]
            if let source, let place = places[source] {
                groups[place].append(wish)
            } else {
                if let source { places[source] = groups.count }
                groups.append([wish])
            }
        }
        return groups
    }

    /// Fulfils the wishes for one document.
    private func fulfil(_ wishes: [DefinitionWish], in draft: inout Draft) -> [UnmetWish] {
        func unmet(_ reason: String, _ position: SourcePosition? = nil) -> [UnmetWish] {
            wishes.map { UnmetWish($0.key, field: nil, reason: reason, position: position) }
        }
        let keys = Set(wishes.map(\.key))
        guard let path = wishes.compactMap({ sources[$0.key]?.file }).first,
            let file = draft.parsed[path] ?? original[path],
            let source = file.connectors.first(where: { keys.contains($0.key) })?.source
        else {
            guard let wish = wishes.first, let place = made[wish.key], place.instance != nil else {
                return unmet("no definition in git is of it")
            }
            return fulfil(wish, madeAt: place, in: &draft)
        }
        do throws(YAMLEditRefusal) {
            let text = draft.edited[file.path].flatMap(\.self) ?? bytes[file.path] ?? []
            let editor = try YAMLEditor(path: file.path, bytes: text)
            guard let index = editor.document(at: source) else { return unmet("its document was not found", source) }
            var editing = DocumentEditing(editor: editor, index: index, file: file, source: source)
            let left = try editing.fulfil(wishes)
            draft.removedComments += editing.editor.removedComments
            if editing.isFileGone {
                draft.edited[file.path] = .some(nil)
                draft.parsed[file.path] = .some(nil)
            } else {
                let bytes = editing.editor.bytes
                draft.edited[file.path] = bytes
                draft.parsed[file.path] = DefinitionReader.parse(DefinitionFile(path: file.path, bytes: bytes))
            }
            return left
        } catch {
            return unmet(error.message, error.position)
        }
    }

    /// Why what a template makes is not edited here: the template is others' too, and a value may stand in several fields.
    static func reason(_ place: SourcePosition, _ instance: SourcePosition.Instance) -> String {
        let template = SourcePosition(file: place.file, line: place.line, column: place.column)
        return "a template makes it: edit its values at \(instance.position), or for all that use it, \(template)"
            .escapingControls
    }
}
