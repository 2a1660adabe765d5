import FoundationEssentials

/// Checking a large folder offline.
enum Validation {
    private static let documents = 10_000

    static func rows(in place: Place) throws -> [Row] {
        for number in 0..<documents {
            try place.write(SampleDefinition.text(number, of: "contoso"), to: "many/partner-\(number).yaml")
        }
        let runs = try (0..<5).map { _ in try Child.run([place.mitregate, "validate", "many"], in: place.folder) }
        let usage = Usage(medianOf: runs.map(\.usage))
        let told = runs[0].output.split(separator: "\n").last.map(String.init) ?? ""
        return [
            Row(
                "`mitregate validate` of 10,000 documents",
                measured: "\(usage.wall.asTime), \(usage.cpu.asTime) of CPU, \(usage.peak.asMemory) at its peak",
                goal: "≤ 0.35 s and ≤ 200 MiB",
                input: """
                    one tenant's folder, a file of 25 lines for each of 5,000 outbound and 5,000 inbound connectors, as \
                    `import` lays them out; the whole process, which ends with \"\(told)\"; median of 5
                    """,
                isMet: usage.wall <= 0.35 && usage.peak <= 200 * 1_048_576
            )
        ]
    }
}
