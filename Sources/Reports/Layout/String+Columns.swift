extension String {
    /// How many columns of a terminal the text takes.
    ///
    /// East Asian wide characters and emoji take two, marks that combine none. Source: Unicode UAX #11, by its large blocks.
    var columns: Int { reduce(0) { $0 + $1.columns } }

    /// The text on lines of at most so many columns, broken at spaces.
    ///
    /// A word is never broken, nor is a command (`units`), as hashes, paths and commands are there to be copied: what is too
    /// long has a line of its own, and the terminal folds it. Only scripts that are written without spaces, as Chinese, are
    /// broken anywhere.
    ///
    /// - Parameter hang: How many columns fewer each line after the first has.
    func wrapped(_ width: Int, hang: Int = 0) -> [String] {
        let narrow = max(20, width - hang)
        var lines: [String] = []
        var line = ""
        var used = 0
        for unit in units {
            let length = unit.columns
            if !line.isEmpty || used > 0, used + 1 + length <= (lines.isEmpty ? width : narrow) {
                line += " " + unit
                used += 1 + length
                continue
            }
            if used > 0 { lines.append(line) }
            let room = lines.isEmpty ? width : narrow
            var pieces = length <= room || !unit.isWide ? [unit] : unit.cut(narrow)
            line = pieces.popLast() ?? ""
            lines += pieces
            used = line.columns
        }
        lines.append(line)
        return lines
    }

    /// Whether most of it is of a script whose characters are wide.
    private var isWide: Bool { columns * 2 > count * 3 }

    /// Pieces of at most so many columns.
    private func cut(_ width: Int) -> [String] {
        var pieces: [String] = []
        var piece = ""
        var used = 0
        for character in self {
            let length = character.columns
            if used + length > width, !piece.isEmpty {
                pieces.append(piece)
                piece = ""
                used = 0
            }
            piece.append(character)
            used += length
        }
        pieces.append(piece)
        return pieces
    }

    /// The text with spaces behind it, up to so many columns.
    func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - columns)) }

    /// The text, with its middle left out where it is longer than so many columns.
    func shortened(_ width: Int) -> String {
        guard columns > width, width >= 3 else { return self }
        let head = (width - 1) / 2
        let tail = width - 1 - head
        var start = ""
        var used = 0
        for character in self {
            guard used + character.columns <= head else { break }
            start.append(character)
            used += character.columns
        }
        var end = ""
        used = 0
        for character in reversed() {
            guard used + character.columns <= tail else { break }
            end = String(character) + end
            used += character.columns
        }
        return "\(start)…\(end)"
    }
}

extension Character {
    fileprivate var columns: Int {
        guard let first = unicodeScalars.first else { return 0 }
        if first.isASCII { return 1 }
        if first.properties.generalCategory == .nonspacingMark { return 0 }
        switch first.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF,
            0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
