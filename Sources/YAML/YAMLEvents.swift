import CYaml
import Connectors

/// Composes libyaml's events into nodes, for one stretch of a file.
///
/// Source: yaml.h of libyaml 0.2: every event is deleted after it was looked at, and the parser when its owner ends.
final class YAMLEvents {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let lineOffset: Int
    private let limits: YAMLLimits
    private let findings: Findings
    private var anchors: [String: (node: YAMLNode, size: Int)] = [:]
    private var nodes = 0
    private var documentStart = 0

    /// A document is not read to its end; `findings` says why.
    private struct Abandoned: Error {
        /// Where reading can no longer go on.
        let line: Int
    }

    /// Reads documents until the end of the file, or until one that cannot be read.
    ///
    /// - Returns: The line from which the next document is to be looked for; `nil` when nothing is left.
    static func read(
        _ findings: Findings,
        from start: Int,
        _ lineOffset: Int,
        _ limits: YAMLLimits,
        _ body: (YAMLDocument) -> Void
    ) -> Int? {
        findings.source.bytes.withUnsafeBufferPointer { bytes -> Int? in
            let stretch = UnsafeBufferPointer(rebasing: bytes[start...])
            let events = YAMLEvents(stretch, lineOffset, limits, findings)
            do throws(Abandoned) {
                while let root = try events.nextDocument() {
                    if !root.isMissing {
                        guard findings.takeDocument() else { return nil }
                        body(YAMLDocument(root: root, source: findings.source))
                    }
                    if findings.isFull { return nil }
                }
                return nil
            } catch {
                return error.line
            }
        }
    }

    /// - Parameter bytes: They must outlive the object.
    private init(_ bytes: UnsafeBufferPointer<UInt8>, _ lineOffset: Int, _ limits: YAMLLimits, _ findings: Findings) {
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        self.lineOffset = lineOffset
        self.limits = limits
        self.findings = findings
        // It fails only when memory is out; the parser is then zero, and parsing fails in its turn.
        _ = yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next document's root; `nil` at the end of the file.
    private func nextDocument() throws(Abandoned) -> YAMLNode? {
        while true {
            let event = try nextEvent()
            switch event.kind {
            case .streamEnd: return nil
            case .documentStart:
                anchors.removeAll(keepingCapacity: true)
                nodes = 0
                documentStart = event.index
                let root = try node(try nextEvent(), depth: 0)
                _ = try nextEvent()
                return root
            default: continue
            }
        }
    }

    private func nextEvent() throws(Abandoned) -> YAMLEvent {
        var raw = yaml_event_t()
        guard yaml_parser_parse(parser, &raw) == 1 else { throw syntaxError() }
        defer { yaml_event_delete(&raw) }
        let event = YAMLEvent(&raw, lineOffset: lineOffset)
        if event.index - documentStart > limits.documentSize {
            throw abandon(
                "document-too-large",
                at: event.place,
                "the document has more than \(limits.documentSize) characters, and no more are read",
                remedy: "Divide it into several documents."
            )
        }
        return event
    }

    private func node(_ event: YAMLEvent, depth: Int) throws(Abandoned) -> YAMLNode {
        let before = nodes
        nodes += event.weight
        try checkSize(at: event.place)
        if let tag = event.customTag {
            findings.add(
                "yaml-tag",
                at: event.place,
                "the tag \"\(tag.escapingControls)\" means nothing here",
                remedy: "Remove it, and write the value plainly."
            )
        }
        let result: YAMLNode
        switch event.kind {
        case .scalar(let scalar): result = YAMLNode(place: event.place, value: .scalar(scalar))
        case .alias(let name): return try aliased(name, at: event.place)
        case .sequenceStart: result = try sequence(event.place, depth: depth + 1)
        case .mappingStart: result = try mapping(event.place, depth: depth + 1)
        default: result = YAMLNode(place: event.place, value: .scalar(YAMLScalar(text: "", isQuoted: false)))
        }
        if let anchor = event.anchor { anchors[anchor] = (result, nodes - before) }
        return result
    }

    private func sequence(_ place: YAMLPlace, depth: Int) throws(Abandoned) -> YAMLNode {
        try checkDepth(depth, at: place)
        var items: [YAMLNode] = []
        while true {
            let event = try nextEvent()
            if case .sequenceEnd = event.kind { break }
            items.append(try node(event, depth: depth))
        }
        return YAMLNode(place: place, value: .sequence(items))
    }

    private func mapping(_ place: YAMLPlace, depth: Int) throws(Abandoned) -> YAMLNode {
        try checkDepth(depth, at: place)
        var pairs = YAMLPairs(findings)
        while true {
            let event = try nextEvent()
            if case .mappingEnd = event.kind { break }
            let key = try node(event, depth: depth)
            let value = try node(try nextEvent(), depth: depth)
            pairs.add(key, value)
        }
        return YAMLNode(place: place, value: .mapping(YAMLMapping(entries: pairs.entries)))
    }

    /// The value of an anchor, at the place of the alias; what lies in it keeps its own place.
    private func aliased(_ name: String, at place: YAMLPlace) throws(Abandoned) -> YAMLNode {
        guard let (node, size) = anchors[name] else {
            findings.add(
                "yaml-alias",
                at: place,
                "there is no anchor \"&\(name.escapingControls)\" before this alias",
                remedy: "Write the value out, or define the anchor above."
            )
            return YAMLNode(place: place, value: .scalar(YAMLScalar(text: "", isQuoted: true)))
        }
        nodes += size
        try checkSize(at: place)
        return YAMLNode(place: place, value: node.value)
    }

    private func checkSize(at place: YAMLPlace) throws(Abandoned) {
        guard nodes > limits.nodes else { return }
        throw abandon(
            "document-too-complex",
            at: place,
            "the document has more than \(limits.nodes) values, counted with every alias and long text written out",
            remedy: "Divide it into several documents, and write values out rather than nesting aliases."
        )
    }

    private func checkDepth(_ depth: Int, at place: YAMLPlace) throws(Abandoned) {
        guard depth > limits.depth else { return }
        throw tooDeep(at: place)
    }

    private func abandon(
        _ rule: String,
        at place: YAMLPlace,
        _ reason: String,
        remedy: String,
        related: SourcePosition? = nil
    ) -> Abandoned {
        findings.add(rule, at: place, reason, remedy: remedy, related: related)
        return Abandoned(line: place.line)
    }

    private func tooDeep(at place: YAMLPlace) -> Abandoned {
        abandon(
            "document-too-deep",
            at: place,
            "mappings and lists are nested more than \(limits.depth) deep",
            remedy: "Flatten the document; nothing here needs so many levels."
        )
    }

    private func syntaxError() -> Abandoned {
        var place = place(parser.pointee.problem_mark)
        var reason = parser.pointee.problem.map { String(cString: $0) } ?? "the file cannot be read as YAML"
        // libyaml looks ahead, and may meet its own limit before ours (MAX_NESTING_LEVEL in parser.c).
        guard !reason.hasPrefix("Maximum nesting level") else { return tooDeep(at: place) }
        if parser.pointee.error == YAML_READER_ERROR {
            let offset = findings.source.lineStarts[lineOffset] + Int(parser.pointee.problem_offset)
            place = findings.source.place(ofByte: offset)
        }
        var related: SourcePosition?
        if let context = parser.pointee.context {
            reason = "\(String(cString: context)), \(reason)"
            let beginning = self.place(parser.pointee.context_mark)
            if beginning.line != place.line { related = beginning.position(in: findings.source) }
        }
        return abandon(
            "yaml-syntax",
            at: place,
            reason,
            remedy: YAMLSyntaxAdvice.remedy(for: reason),
            related: related
        )
    }

    private func place(_ mark: yaml_mark_t) -> YAMLPlace {
        YAMLPlace(line: Int(mark.line) + 1 + lineOffset, column: Int(mark.column) + 1)
    }
}
