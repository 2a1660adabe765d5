/// What many tenants' reports have in common, told once: parts that read the same are one group.
///
/// Parts are compared as a person reads them, so that nothing that can be seen is lost in a group; where a part says what must be
/// the same, the names and addresses in its other words may differ, and the group says so.
struct FleetGroups {
    struct Group {
        var tenants: [String]
        var part: Page
        /// What is told of each tenant in addition to the part, such as where its definition stands.
        var details: [String]
        /// Whether some tenant's part has other names or addresses than the one that is shown, which is the first tenant's.
        var hasOtherNames = false
    }

    /// Parts about one thing, as one connector's change; the group of the most tenants first.
    struct Topic {
        var name: String
        var groups: [Group]

        var tenants: Int { groups.reduce(0) { $0 + $1.tenants.count } }
    }

    private var order: [String] = []
    private var groups: [String: [Group]] = [:]
    private var places: [String: Int] = [:]
    private let style: TextStyle

    init(_ style: TextStyle) { self.style = style }

    /// - Parameters:
    ///   - topic: What the part is about; only parts of one topic can be a group.
    ///   - detail: Told next to the group, whatever it is for other tenants.
    ///   - exact: What must be the same to the letter, where the rest of the part may name other hosts and addresses.
    mutating func add(
        _ topic: String,
        of tenant: String,
        detail: String = "",
        exact: String? = nil,
        _ write: (inout Page) -> Void
    ) {
        var part = Page(style)
        write(&part)
        let key = "\(topic)\u{0}\(exact.map { "\($0)\u{0}\(Self.withoutNames(part.text))" } ?? part.text)"
        if groups[topic] == nil { order.append(topic) }
        if let place = places[key] {
            groups[topic]?[place].tenants.append(tenant)
            groups[topic]?[place].details.append(detail)
            if groups[topic]?[place].part.text != part.text { groups[topic]?[place].hasOtherNames = true }
        } else {
            places[key] = groups[topic, default: []].count
            groups[topic, default: []].append(Group(tenants: [tenant], part: part, details: [detail]))
        }
    }

    var isEmpty: Bool { order.isEmpty }

    /// Whether some part is the same in several tenants.
    var hasShared: Bool { groups.values.contains { $0.contains { $0.tenants.count > 1 } } }

    /// In the order in which they were first added.
    var topics: [Topic] {
        order.map { name in
            let sorted = (groups[name] ?? []).enumerated()
                .sorted { ($1.element.tenants.count, $0.offset) < ($0.element.tenants.count, $1.offset) }
            return Topic(name: name, groups: sorted.map(\.element))
        }
    }

    /// Writes all groups, each under the tenants that it is of.
    ///
    /// - Parameter noun: What a part is, as "change".
    func write(_ noun: String, to page: inout Page, indent: Int = 2, after: (Group, inout Page) -> Void = { _, _ in }) {
        for topic in topics {
            for (number, group) in topic.groups.enumerated() {
                page.space()
                page.append(group.part)
                let others = number == 0 ? topic.groups.dropFirst().flatMap(\.tenants) : []
                page.add(Self.place(of: group.tenants, others: others, noun), indent: indent, mark: "=", ink: .strong)
                if group.hasOtherNames, let first = group.tenants.first {
                    page.add(
                        "The names and addresses in it are those of \(first); the other tenants have their own.",
                        indent: indent + 4
                    )
                }
                after(group, &page)
            }
        }
    }

    /// The words of a text, with one mark for a run of names of hosts or addresses.
    ///
    /// Such a name ends in a label of letters, as `mx.fabrikam.example`, or is an address. A version, as TLSv1.2, a number and a
    /// time of day are none, and must be the same in all tenants of a group.
    static func withoutNames(_ text: String) -> String {
        let mark = "\u{1}"
        var words: [Substring] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            let core = word.trimming { !$0.isLetter && !$0.isNumber }
            guard isName(core) else {
                words.append(word)
                continue
            }
            if words.last == mark[...] { continue }
            if words.count > 1, words[words.count - 2] == mark[...], ["or", "and"].contains(words.last) {
                words.removeLast()
            } else {
                words.append(mark[...])
            }
        }
        return words.joined(separator: " ")
    }

    private static func isName(_ word: Substring) -> Bool {
        let host = word.prefix { $0 != "/" && $0 != "]" }
        let colons = host.count { $0 == ":" }
        // Without its port, where it has one.
        let labels = (colons == 1 ? host.prefix { $0 != ":" } : host)
            .split(separator: ".", omittingEmptySubsequences: false)
        if labels.count > 1, let last = labels.last, last.count > 1, last.first?.isLetter == true { return true }
        if labels.count == 4, labels.allSatisfy({ UInt8($0) != nil }) { return true }
        return colons > 1 && (colons == 7 || host.contains("::")) && host.allSatisfy { $0.isHexDigit || $0 == ":" }
    }

    private static func place(of tenants: [String], others: [String], _ noun: String) -> String {
        var text =
            tenants.count == 1
            ? "only in \(tenants.joined())"
            : "the same \(noun) in \(tenants.count) tenants: \(names(tenants))"
        if !others.isEmpty {
            text += "; \(others.count) \(others.count == 1 ? "differs" : "differ"): \(names(others, atMost: 12))"
        }
        return text
    }

    /// `a, b, c and 294 more`.
    static func names(_ tenants: [String], atMost count: Int = 6) -> String {
        let shown = tenants.prefix(count).joined(separator: ", ")
        return tenants.count > count ? "\(shown) and \(tenants.count - count) more" : shown
    }
}

extension Substring {
    /// Without the characters at both ends that are to go.
    fileprivate func trimming(_ goes: (Character) -> Bool) -> Substring {
        guard let last = lastIndex(where: { !goes($0) }) else { return "" }
        return self[...last].drop(while: goes)
    }
}
