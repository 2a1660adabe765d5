import CYaml

/// One token of libyaml's scanner, copied out of C's memory, with its place in bytes.
struct YAMLToken {
    enum Kind {
        case streamStart, streamEnd
        case directive, documentStart, documentEnd
        case blockSequenceStart, blockMappingStart, blockEnd, blockEntry
        case flowSequenceStart, flowSequenceEnd, flowMappingStart, flowMappingEnd, flowEntry
        case key, value
        case alias, anchor, tag, scalar
    }

    let kind: Kind
    let start: Int
    /// Of a text in a block without the line breaks behind it.
    let end: Int
    /// Of a scalar its value, of an alias or an anchor its name.
    let text: String
    let style: YAMLLayout.Node.Style
}

/// libyaml's tokens of a whole file.
///
/// Source: yaml.h of libyaml 0.2: every token is deleted after it was looked at, and the parser when its owner ends.
enum YAMLTokens {
    /// - Returns: `nil` where the scanner finds an error.
    static func all(of source: SourceText) -> [YAMLToken]? {
        let offsets = ScalarOffsets(source.bytes)
        return source.bytes.withUnsafeBufferPointer { bytes -> [YAMLToken]? in
            var parser = yaml_parser_t()
            guard yaml_parser_initialize(&parser) == 1 else { return nil }
            defer { yaml_parser_delete(&parser) }
            yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
            var tokens: [YAMLToken] = []
            while true {
                var raw = yaml_token_t()
                guard yaml_parser_scan(&parser, &raw) == 1 else { return nil }
                defer { yaml_token_delete(&raw) }
                guard let token = token(raw, bytes, offsets) else { return nil }
                tokens.append(token)
                if token.kind == .streamEnd { return tokens }
            }
        }
    }

    private static func token(
        _ raw: yaml_token_t,
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ offsets: ScalarOffsets
    ) -> YAMLToken? {
        guard let kind = kind(raw.type) else { return nil }
        let start = offsets.byte(ofScalar: Int(raw.start_mark.index))
        var end = offsets.byte(ofScalar: Int(raw.end_mark.index))
        var text = ""
        var style = YAMLLayout.Node.Style.plain
        switch kind {
        case .scalar:
            let value = UnsafeBufferPointer(start: raw.data.scalar.value, count: Int(raw.data.scalar.length))
            text = String(decoding: value, as: UTF8.self)
            style = self.style(raw.data.scalar.style)
            if style == .literal || style == .folded {
                while end > start, [0x0A, 0x0D, 0x20, 0x09].contains(bytes[end - 1]) { end -= 1 }
            }
        case .alias: text = name(raw.data.alias.value)
        case .anchor: text = name(raw.data.anchor.value)
        default: break
        }
        return YAMLToken(kind: kind, start: start, end: end, text: text, style: style)
    }

    private static func name(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String {
        pointer.map { String(decodingCString: $0, as: UTF8.self) } ?? ""
    }

    private static func style(_ style: yaml_scalar_style_t) -> YAMLLayout.Node.Style {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: .single
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .double
        case YAML_LITERAL_SCALAR_STYLE: .literal
        case YAML_FOLDED_SCALAR_STYLE: .folded
        default: .plain
        }
    }

    private static func kind(_ type: yaml_token_type_t) -> YAMLToken.Kind? {
        switch type {
        case YAML_STREAM_START_TOKEN: .streamStart
        case YAML_STREAM_END_TOKEN: .streamEnd
        case YAML_VERSION_DIRECTIVE_TOKEN, YAML_TAG_DIRECTIVE_TOKEN: .directive
        case YAML_DOCUMENT_START_TOKEN: .documentStart
        case YAML_DOCUMENT_END_TOKEN: .documentEnd
        case YAML_BLOCK_SEQUENCE_START_TOKEN: .blockSequenceStart
        case YAML_BLOCK_MAPPING_START_TOKEN: .blockMappingStart
        case YAML_BLOCK_END_TOKEN: .blockEnd
        case YAML_FLOW_SEQUENCE_START_TOKEN: .flowSequenceStart
        case YAML_FLOW_SEQUENCE_END_TOKEN: .flowSequenceEnd
        case YAML_FLOW_MAPPING_START_TOKEN: .flowMappingStart
        case YAML_FLOW_MAPPING_END_TOKEN: .flowMappingEnd
        case YAML_BLOCK_ENTRY_TOKEN: .blockEntry
        case YAML_FLOW_ENTRY_TOKEN: .flowEntry
        case YAML_KEY_TOKEN: .key
        case YAML_VALUE_TOKEN: .value
        case YAML_ALIAS_TOKEN: .alias
        case YAML_ANCHOR_TOKEN: .anchor
        case YAML_TAG_TOKEN: .tag
        case YAML_SCALAR_TOKEN: .scalar
        default: nil
        }
    }
}

/// From libyaml's marks, which count Unicode scalars, to bytes.
private struct ScalarOffsets {
    /// Empty where the two are the same.
    private let offsets: [Int]
    private let count: Int

    init(_ bytes: [UInt8]) {
        count = bytes.count
        let isASCII = bytes.allSatisfy { $0 < 0x80 }
        offsets = isASCII ? [] : bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 }
    }

    func byte(ofScalar index: Int) -> Int {
        guard !offsets.isEmpty else { return min(index, count) }
        return index < offsets.count ? offsets[index] : count
    }
}
