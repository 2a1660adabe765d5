import CYaml

/// One event of libyaml, copied out of C's memory.
struct YAMLEvent {
    enum Kind {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(YAMLScalar)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
    }

    let kind: Kind
    let place: YAMLPlace
    /// In Unicode scalars from where the parser began.
    let index: Int
    let anchor: String?
    /// A tag of the author's own, such as `!include`; `!!str` is heeded, and the other tags of YAML itself are ignored.
    let customTag: String?

    init(_ event: UnsafePointer<yaml_event_t>, lineOffset: Int) {
        let start = event.pointee.start_mark
        let end = event.pointee.end_mark
        let length = end.line == start.line && end.column > start.column ? Int(end.column - start.column) : 1
        place = YAMLPlace(line: Int(start.line) + 1 + lineOffset, column: Int(start.column) + 1, length: length)
        index = Int(start.index)
        var anchor: UnsafeMutablePointer<yaml_char_t>?
        var tag: UnsafeMutablePointer<yaml_char_t>?
        switch event.pointee.type {
        case YAML_STREAM_END_EVENT: kind = .streamEnd
        case YAML_DOCUMENT_START_EVENT: kind = .documentStart
        case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
        case YAML_ALIAS_EVENT: kind = .alias(Self.text(event.pointee.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            anchor = event.pointee.data.scalar.anchor
            tag = event.pointee.data.scalar.tag
            let isText = tag != nil && Self.text(tag) == "tag:yaml.org,2002:str"
            let isQuoted = event.pointee.data.scalar.style != YAML_PLAIN_SCALAR_STYLE || isText
            let bytes = UnsafeBufferPointer(
                start: event.pointee.data.scalar.value,
                count: Int(event.pointee.data.scalar.length)
            )
            kind = .scalar(YAMLScalar(text: String(decoding: bytes, as: UTF8.self), isQuoted: isQuoted))
        case YAML_SEQUENCE_START_EVENT:
            anchor = event.pointee.data.sequence_start.anchor
            tag = event.pointee.data.sequence_start.tag
            kind = .sequenceStart
        case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            anchor = event.pointee.data.mapping_start.anchor
            tag = event.pointee.data.mapping_start.tag
            kind = .mappingStart
        case YAML_MAPPING_END_EVENT: kind = .mappingEnd
        default: kind = .streamStart
        }
        self.anchor = anchor == nil ? nil : Self.text(anchor)
        if tag != nil, let name = Self.text(tag), !name.hasPrefix("tag:yaml.org,2002:"), name != "!" {
            customTag = name
        } else {
            customTag = nil
        }
    }

    /// How many values it counts for: one, and one more for every 64 bytes of text, which an alias repeats too.
    var weight: Int {
        switch kind {
        case .scalar(let scalar): 1 + scalar.text.utf8.count / 64
        case .alias: 0
        default: 1
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(decodingCString: $0, as: UTF8.self) }
    }
}
