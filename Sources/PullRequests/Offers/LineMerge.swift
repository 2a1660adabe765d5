/// A three-way merge of lines, as git has it: what only one side changed is taken, what both changed is a conflict.
package enum LineMerge {
    /// - Returns: `nil` where both sides changed the same lines, or lines that touch.
    package static func merge(base: [UInt8], ours: [UInt8], theirs: [UInt8]) -> [UInt8]? {
        let lines = self.lines(base)
        let mine = hunks(from: lines, to: self.lines(ours))
        let its = hunks(from: lines, to: self.lines(theirs))
        for hunk in mine {
            // Changes that touch may belong together, so they are no less a conflict than those that overlap.
            let isMet = its.contains { other in
                other != hunk && other.range.lowerBound <= hunk.range.upperBound
                    && hunk.range.lowerBound <= other.range.upperBound
            }
            if isMet { return nil }
        }
        let all = (mine + its.filter { !mine.contains($0) }).sorted { $0.range.lowerBound < $1.range.lowerBound }
        var result: [UInt8] = []
        var next = 0
        for hunk in all {
            guard hunk.range.lowerBound >= next else { return nil }
            result += lines[next..<hunk.range.lowerBound].joined()
            result += hunk.lines.joined()
            next = hunk.range.upperBound
        }
        return result + lines[next...].joined()
    }

    /// Lines of the base that become others.
    private struct Hunk: Equatable {
        var range: Range<Int>
        var lines: [ArraySlice<UInt8>]
    }

    /// Each with its end.
    private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == 0x0A {
            lines.append(bytes[start...index])
            start = index + 1
        }
        return start < bytes.count ? lines + [bytes[start...]] : lines
    }

    private static func hunks(from old: [ArraySlice<UInt8>], to new: [ArraySlice<UInt8>]) -> [Hunk] {
        var gone: Set<Int> = []
        var added: Set<Int> = []
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): gone.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var hunks: [Hunk] = []
        var (from, to) = (0, 0)
        while from < old.count || to < new.count {
            let oldRun = (from..<old.count).prefix { gone.contains($0) }.count
            let newRun = (to..<new.count).prefix { added.contains($0) }.count
            if oldRun > 0 || newRun > 0 {
                hunks.append(Hunk(range: from..<from + oldRun, lines: Array(new[to..<to + newRun])))
            }
            from += oldRun
            to += newRun
            guard from < old.count, to < new.count else { continue }
            from += 1
            to += 1
        }
        return hunks
    }
}
