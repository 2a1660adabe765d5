/// A part of a comment: a heading, items of which as many are kept as there is room for, and what is said of the others.
///
/// An item is whole Markdown, such as a row of a table or a folded block with its end: what is left out is left out whole.
struct CommentSection {
    var opening: String
    /// How many items there are, the worst first.
    var count: Int
    /// Lays one out; those for which there is no room never are.
    var item: (Int) -> String
    var closing: String
    /// What is said of those left out, by their number; it comes last.
    var left: (Int) -> String
    /// The share of the room that is left when it is its turn.
    var share: Double
    /// The sections that decide come first in turn, wherever they stand.
    var rank: Int
    /// Whether the opening says what must be read, so that it stays where no item has room.
    var isWarning: Bool

    init(
        _ opening: String = "",
        count: Int,
        closing: String = "",
        share: Double = 1,
        rank: Int,
        isWarning: Bool = false,
        item: @escaping (Int) -> String,
        left: @escaping (Int) -> String
    ) {
        self.opening = opening
        self.count = count
        self.item = item
        self.closing = closing
        self.share = share
        self.rank = rank
        self.isWarning = isWarning
        self.left = left
    }

    /// More than is ever said of what was left out, in scalars: such a sentence has no string of a stranger's.
    static let leftLimit = 200

    /// The sections as text within a limit in Unicode scalars, and the places of the items of each that were kept.
    static func compose(_ sections: [CommentSection], limit: Int) -> (text: String, kept: [Set<Int>]) {
        var kept = [Set<Int>](repeating: [], count: sections.count)
        var texts = [String](repeating: "", count: sections.count)
        var room = limit
        let turns = sections.indices.sorted { (sections[$0].rank, $0) < (sections[$1].rank, $1) }
        for index in turns {
            let section = sections[index]
            guard section.count > 0 else { continue }
            let frame = section.opening.unicodeScalars.count + section.closing.unicodeScalars.count
            let mine = Int(Double(room) * section.share)
            var used = frame
            var text = section.opening
            var misses = 0
            for place in 0..<section.count {
                let item = section.item(place)
                let size = item.unicodeScalars.count
                let isLast = place + 1 == section.count
                guard used + size + (isLast && misses == 0 ? 0 : leftLimit) <= mine else {
                    // One that is too long pushes out no other, and thousands are not tried.
                    misses += 1
                    if misses > 20 { break }
                    continue
                }
                used += size
                text += item
                kept[index].insert(place)
            }
            let count = kept[index].count
            let rest = section.count - count
            let note = rest > 0 ? section.left(rest) : ""
            if count == 0 {
                let shorts = section.shorts(note)
                guard let short = shorts.first(where: { $0.unicodeScalars.count <= room }) else { continue }
                texts[index] = short
            } else {
                texts[index] = text + section.closing + note
            }
            room -= texts[index].unicodeScalars.count
        }
        return (texts.joined(), kept)
    }

    /// What can stand for the section where no item has room, the best first.
    private func shorts(_ note: String) -> [String] {
        isWarning ? [opening + closing + note, opening + note, note] : [note]
    }
}
