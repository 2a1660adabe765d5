package import Connectors
import Synchronization

/// The bytes of one file of the repository, and how to show a line of them.
package final class SourceText: Sendable {
    /// The file, relative to the folder that was read, with `/` between its parts.
    package let path: String
    /// What stands in the file, without the byte order mark that some editors put before it (YAML 1.2.2, 5.2).
    package let bytes: [UInt8]
    /// For a template: the instance that is read.
    package let instance: SourcePosition.Instance?
    /// Whether the file begins with a byte order mark.
    package let hasByteOrderMark: Bool
    private let starts = Mutex<[Int]?>(nil)

    package init(path: String, bytes: [UInt8], instance: SourcePosition.Instance? = nil) {
        self.path = path
        self.instance = instance
        hasByteOrderMark = bytes.starts(with: Self.byteOrderMark)
        self.bytes = hasByteOrderMark ? Array(bytes.dropFirst(Self.byteOrderMark.count)) : bytes
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Where each line starts; found once, and only where something is wrong.
    ///
    /// A line ends as libyaml ends it: LF, CR, CR LF, NEL, LS or PS (YAML 1.1, 4.2).
    package var lineStarts: [Int] {
        starts.withLock { known in
            if let known { return known }
            let found = Self.lineStarts(in: bytes)
            known = found
            return found
        }
    }

    /// The bytes of a line without its end; `nil` beyond the file.
    package func line(_ number: Int) -> ArraySlice<UInt8>? {
        let starts = lineStarts
        guard number >= 1, number <= starts.count else { return nil }
        let start = starts[number - 1]
        var end = number < starts.count ? starts[number] : bytes.count
        while end > start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
        return bytes[start..<end]
    }

    /// The line and the column, in Unicode scalars, of a byte.
    package func place(ofByte offset: Int) -> YAMLPlace {
        let starts = lineStarts
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        let before = bytes[min(starts[low], bytes.count)..<min(max(offset, starts[low]), bytes.count)]
        let scalars = before.count { $0 & 0xC0 != 0x80 }
        return YAMLPlace(line: low + 1, column: scalars + 1)
    }

    private static func lineStarts(in bytes: [UInt8]) -> [Int] {
        var starts = [0]
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case 0x0A: starts.append(index + 1)
            case 0x0D:
                if index + 1 < bytes.count, bytes[index + 1] == 0x0A { index += 1 }
                starts.append(index + 1)
            case 0xC2 where index + 1 < bytes.count && bytes[index + 1] == 0x85:
                index += 1
                starts.append(index + 1)
            case 0xE2
            where index + 2 < bytes.count && bytes[index + 1] == 0x80
                && (bytes[index + 2] == 0xA8 || bytes[index + 2] == 0xA9):
                index += 2
                starts.append(index + 1)
            default: break
            }
            index += 1
        }
        return starts
    }
}
