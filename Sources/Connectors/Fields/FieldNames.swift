/// The names of all kinds' fields, each with a number: what is kept for thousands of connectors is kept by number.
package enum FieldNames {
    /// Every name once, in the order of its bytes; a name's number is its place here.
    package static let all: [String] = Set(ConnectorKind.allCases.flatMap { $0.fields.map(\.name) })
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }

    /// A name's number; `nil` where no kind has such a field.
    package static func number(of name: String) -> Int? {
        let shortcut = Int(table.shortcuts[sum(name)])
        return shortcut >= 0 && all[shortcut] == name ? shortcut : table.numbers[name]
    }

    private static let table = Table(all)

    private struct Table {
        let numbers: [String: Int]
        /// The names' numbers by a sum of a few of their bytes, which spares hashing; the first of two with one sum.
        let shortcuts: [Int8]

        init(_ names: [String]) {
            numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
            var shortcuts = [Int8](repeating: -1, count: 512)
            for (number, name) in names.enumerated().reversed() { shortcuts[sum(name)] = Int8(number) }
            self.shortcuts = shortcuts
        }
    }

    private static func sum(_ name: String) -> Int {
        name.utf8.withContiguousStorageIfAvailable { bytes in
            guard let first = bytes.first, let last = bytes.last else { return 0 }
            return (bytes.count &* 37 &+ Int(first) &* 5 &+ Int(last) &* 17) & 511
        } ?? 0
    }
}
