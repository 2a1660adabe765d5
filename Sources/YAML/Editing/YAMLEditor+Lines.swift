/// Lines, as far as they begin and end what is edited.
extension YAMLEditor {
    private var text: [UInt8] { source.bytes }

    /// Where the line of a byte begins.
    func lineStart(of byte: Int) -> Int {
        source.lineStarts[source.place(ofByte: byte).line - 1]
    }

    /// Where the next line begins; the end of the file behind the last.
    func lineEnd(of byte: Int) -> Int {
        let line = source.place(ofByte: byte).line
        return line < source.lineStarts.count ? source.lineStarts[line] : text.count
    }

    /// Whether only spaces stand before a byte in its line.
    func isFirst(_ byte: Int) -> Bool {
        text[lineStart(of: byte)..<byte].allSatisfy { $0 == UInt8(ascii: " ") }
    }

    /// Whether only spaces and a comment stand behind a byte in its line.
    func isLast(_ byte: Int) -> Bool {
        let rest = restOfLine(byte).drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        return rest.isEmpty || rest.first == UInt8(ascii: "#") && rest.startIndex > byte
    }

    func hasComment(behind byte: Int) -> Bool { restOfLine(byte).contains(UInt8(ascii: "#")) }

    private func restOfLine(_ byte: Int) -> ArraySlice<UInt8> {
        var rest = text[byte..<max(byte, lineEnd(of: byte))]
        while let last = rest.last, last == 0x0A || last == 0x0D { rest.removeLast() }
        return rest
    }

    /// The first line break of the file.
    var lineBreak: String {
        guard let first = text.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else { return "\n" }
        if text[first] == 0x0A { return "\n" }
        return first + 1 < text.count && text[first + 1] == 0x0A ? "\r\n" : "\r"
    }

    /// Whole lines behind the line of a byte, and behind the comments there that are indented deeper than `indent`.
    func inserting(_ lines: [String], behind byte: Int, indent: Int) -> Patch {
        var place = lineEnd(of: byte)
        while place < text.count, isComment(line: place, deeperThan: indent) {
            let next = lineEnd(of: place)
            guard next > place else { break }
            place = next
        }
        let isBroken = place == 0 || text[place - 1] == 0x0A || text[place - 1] == 0x0D
        let new = isBroken ? lines.map { $0 + lineBreak } : lines.map { lineBreak + $0 }
        return Patch(range: place..<place, text: new.joined())
    }

    private func isComment(line start: Int, deeperThan indent: Int) -> Bool {
        let line = text[start..<lineEnd(of: start)]
        let spaces = line.prefix { $0 == UInt8(ascii: " ") }.count
        return spaces > indent && line.dropFirst(spaces).first == UInt8(ascii: "#")
    }

    /// Takes out the whole lines of what stands between two bytes.
    ///
    /// - Throws: `sharedLine` where something else stands in the first or the last of them.
    func removingLines(from start: Int, to end: Int) throws(YAMLEditRefusal) -> Patch {
        guard isFirst(start), isLast(end) else { throw refusal(.sharedLine, at: start) }
        return Patch(range: lineStart(of: start)..<lineEnd(of: max(start, end)), text: "")
    }

    /// How many scalars stand before a byte in its line, where it is the indentation of what begins there.
    func column(of byte: Int) -> Int { source.place(ofByte: byte).column - 1 }
}

extension YAMLLayout {
    /// What stands behind `#` in each comment of a file, in order.
    func comments(in source: SourceText) -> [String] {
        var comments: [String] = []
        for gap in gaps {
            let bytes = source.bytes[gap]
            var index = bytes.startIndex
            while let mark = bytes[index...].firstIndex(of: UInt8(ascii: "#")) {
                let end = bytes[mark...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.endIndex
                comments.append(String(decoding: bytes[mark..<end], as: UTF8.self))
                index = end
            }
        }
        return comments
    }
}
