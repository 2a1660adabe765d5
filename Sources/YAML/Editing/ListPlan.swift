/// How one list becomes another with as little done as possible.
struct ListPlan {
    enum Element {
        case kept(Int)
        /// In the place of an old one.
        case replaced(Int, String)
        case inserted(String)
    }

    /// The new list, in order.
    private(set) var result: [Element] = []
    /// The old ones that have no successor, by their index.
    private(set) var removed: [Int] = []
    private(set) var replaced: [(index: Int, text: String)] = []
    /// By the old one that stays and that they come behind; -1: before the first.
    private(set) var inserted: [(place: Int, texts: [String])] = []

    /// - Parameter old: `nil` for an item that is no text, and equal to none.
    init(from old: [String?], to new: [String]) {
        let difference = new.map(Optional.some).difference(from: old)
        var gone: Set<Int> = []
        var added: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): gone.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var (from, to, last) = (0, 0, -1)
        while from < old.count || to < new.count {
            let oldRun = (from..<old.count).prefix { gone.contains($0) }
            let newRun = (to..<new.count).prefix { added.contains($0) }
            for (index, place) in zip(oldRun, newRun) {
                replaced.append((index, new[place]))
                result.append(.replaced(index, new[place]))
                last = index
            }
            removed += oldRun.dropFirst(newRun.count)
            let rest = newRun.dropFirst(oldRun.count).map { new[$0] }
            if !rest.isEmpty {
                inserted.append((last, rest))
                result += rest.map(Element.inserted)
            }
            from += oldRun.count
            to += newRun.count
            guard from < old.count, to < new.count else { continue }
            result.append(.kept(from))
            last = from
            from += 1
            to += 1
        }
    }
}
