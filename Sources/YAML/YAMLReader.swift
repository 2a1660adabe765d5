/// Reads YAML from strangers: every document of a file, with places, within limits, and every error in one pass.
///
/// It stands on the events of libyaml, which Yams ships and wraps: Yams' own nodes lose the place of an alias, stop at the first
/// duplicate key, and resolve every scalar with regular expressions, which takes longer than all the rest.
package enum YAMLReader {
    /// Hands every document that could be read to `body`; what could not is in `findings`.
    ///
    /// After an error of syntax reading goes on at the next `---`. Empty documents are passed over.
    package static func read(
        _ findings: Findings,
        limits: YAMLLimits,
        _ body: (YAMLDocument) -> Void
    ) {
        let source = findings.source
        guard source.bytes.count <= limits.fileSize else {
            findings.add(
                "file-too-large",
                at: .file,
                "the file has \(source.bytes.count) bytes, and at most \(limits.fileSize) are read",
                remedy: "Divide it into several files."
            )
            return
        }
        if let offset = source.firstInvalidByte {
            findings.add(
                "invalid-utf8",
                at: source.place(ofByte: offset),
                "the file is not UTF-8: byte \(offset) begins no character",
                remedy: "Save the file as UTF-8."
            )
            return
        }
        if let offset = source.tooManyDirectives {
            findings.add(
                "too-many-directives",
                at: source.place(ofByte: offset),
                "the file has more than \(SourceText.maximumDirectives) %TAG directives",
                remedy: "Remove them; nothing here needs a tag."
            )
            return
        }
        var start = 0
        var lineOffset = 0
        while start < source.bytes.count, !findings.isFull {
            guard
                let failedLine = YAMLEvents.read(findings, from: start, lineOffset, limits, body),
                let next = source.documentMark(from: max(failedLine, lineOffset + 2))
            else { return }
            start = source.lineStarts[next - 1]
            lineOffset = next - 1
        }
    }

    /// The one document of a file; `nil` when there is none, or more than one, with the reason in `findings`.
    package static func readOne(_ findings: Findings, limits: YAMLLimits) -> YAMLDocument? {
        var documents: [YAMLDocument] = []
        read(findings, limits: limits) { documents.append($0) }
        if documents.count > 1 {
            findings.add(
                "several-documents",
                at: documents[1].root.place,
                "the file holds \(documents.count) documents, and one is expected",
                remedy: "Remove the others, with the --- between them."
            )
            return nil
        }
        if documents.isEmpty, findings.errors == 0 {
            let remedy = "Write the document, or remove the file."
            findings.add("empty-file", at: .file, "the file is empty", remedy: remedy)
        }
        return documents.first
    }
}

extension SourceText {
    /// The first byte that is not UTF-8 (RFC 3629), or `nil`.
    var firstInvalidByte: Int? {
        bytes.withUnsafeBufferPointer { bytes -> Int? in
            var index = 0
            while index < bytes.count {
                guard let length = Self.characterLength(bytes, at: index) else { return index }
                index += length
            }
            return nil
        }
    }

    static let maximumDirectives = 100

    /// Where the file has one `%TAG` too many: libyaml compares each with all before it.
    var tooManyDirectives: Int? {
        bytes.withUnsafeBufferPointer { bytes -> Int? in
            var found = 0
            var index = 0
            while let next = bytes[index...].firstIndex(of: UInt8(ascii: "%")) {
                if bytes[next...].starts(with: "%TAG".utf8),
                    next == 0 || bytes[next - 1] == 0x0A || bytes[next - 1] == 0x0D
                {
                    found += 1
                    if found > Self.maximumDirectives { return next }
                }
                index = next + 1
            }
            return nil
        }
    }

    private static func characterLength(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
        let byte = bytes[index]
        if byte < 0x80 { return 1 }
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch byte {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF:
            length = 3
            if byte == 0xE0 { second = 0xA0...0xBF }
            if byte == 0xED { second = 0x80...0x9F }
        case 0xF0...0xF4:
            length = 4
            if byte == 0xF0 { second = 0x90...0xBF }
            if byte == 0xF4 { second = 0x80...0x8F }
        default: return nil
        }
        guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return nil }
        for tail in 2..<max(3, length) where tail < length && bytes[index + tail] & 0xC0 != 0x80 { return nil }
        return length
    }

    /// The first line, at or below `line`, that begins a document with `---`.
    func documentMark(from line: Int) -> Int? {
        let starts = lineStarts
        guard line <= starts.count else { return nil }
        for number in max(1, line)...starts.count {
            let start = starts[number - 1]
            guard start + 3 <= bytes.count, bytes[start..<start + 3].allSatisfy({ $0 == UInt8(ascii: "-") }) else {
                continue
            }
            let after = start + 3 < bytes.count ? bytes[start + 3] : 0x0A
            if after == 0x0A || after == 0x0D || after == 0x20 || after == 0x09 { return number }
        }
        return nil
    }
}
