/// One line of the table.
struct Row {
    let name: String
    let measured: String
    let goal: String
    /// What was measured on, and how that was made.
    let input: String
    /// `nil` where there is no goal.
    let isMet: Bool?

    init(_ name: String, measured: String, goal: String, input: String, isMet: Bool? = nil) {
        self.name = name
        self.measured = measured
        self.goal = goal
        self.input = input
        self.isMet = isMet
    }

    static func table(_ rows: [Row]) -> String {
        let lines = rows.map { row in
            let goal = row.isMet == false ? "\(row.goal): **missed**" : row.goal
            return "| \(row.name) | \(row.measured) | \(goal) | \(row.input) |"
        }
        return (["| what | measured | goal | input, and how it was made |", "|---|---|---|---|"] + lines)
            .joined(separator: "\n")
    }
}

extension [Double] {
    var median: Double {
        guard !isEmpty else { return .nan }
        let ordered = sorted()
        let middle = count / 2
        return count.isMultiple(of: 2) ? (ordered[middle - 1] + ordered[middle]) / 2 : ordered[middle]
    }
}

extension Double {
    /// With so many digits behind the point.
    func rounded(to digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (self * scale).rounded()
        guard digits > 0 else { return "\(Int(scaled))" }
        let fraction = "\(Int(scaled.magnitude) % Int(scale))"
        let sign = scaled < 0 ? "-" : ""
        return "\(sign)\(Int(scaled.magnitude) / Int(scale))." + String(repeating: "0", count: digits - fraction.count)
            + fraction
    }

    /// Seconds as people say them.
    var asTime: String { self < 1 ? "\((self * 1000).rounded(to: self < 0.01 ? 1 : 0)) ms" : "\(rounded(to: 2)) s" }
    /// Bytes as people say them.
    var asMemory: String { "\((self / 1_048_576).rounded(to: 0)) MiB" }
}
