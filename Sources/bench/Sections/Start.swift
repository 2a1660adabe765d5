/// How long the program takes to be there at all.
enum Start {
    static func rows(in place: Place) throws -> [Row] {
        let runs = try (0..<31).map { _ in try Child.run([place.mitregate, "--version"], in: place.folder).usage }
        let usage = Usage(medianOf: Array(runs.dropFirst()))
        return [
            Row(
                "`mitregate --version`",
                measured: "\(usage.wall.asTime), \(usage.cpu.asTime) of CPU",
                goal: "≤ 12 ms",
                input: "a new process each time, its file in the page cache; median of 30",
                isMet: usage.wall <= 0.012
            )
        ]
    }
}
