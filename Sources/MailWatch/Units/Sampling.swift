/// Which units of a round are counted when there are more candidates than texts may be read.
package enum Sampling {
    /// The units up to the one that would need a text too many, in an order that has nothing to do with the outcome.
    ///
    /// Looking up ten candidates and counting every good unit would make a half-broken connector pass.
    ///
    /// - Parameters:
    ///   - units: In any order.
    ///   - texts: How many texts may be read.
    ///   - id: A hash of the unit, which gives the order.
    ///   - needsText: Whether the unit's cause must be looked up.
    package static func prefix<Unit>(
        of units: [Unit],
        texts: Int,
        id: (Unit) -> String,
        needsText: (Unit) -> Bool
    ) -> (taken: [Unit], left: [Unit]) {
        guard units.count(where: needsText) > texts else { return (units, []) }
        let ordered = units.sorted { id($0).utf8.lexicographicallyPrecedes(id($1).utf8) }
        var asked = 0
        for (index, unit) in ordered.enumerated() where needsText(unit) {
            asked += 1
            if asked > texts { return (Array(ordered[..<index]), Array(ordered[index...])) }
        }
        return (ordered, [])
    }
}
