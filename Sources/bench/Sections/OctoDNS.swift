/// A tool that users know, on as many records: octodns plans DNS as Mitregate plans connectors.
enum OctoDNS {
    private static let (zones, records) = (100, 100)

    static func rows(in place: Place) throws -> [Row] {
        let name = "`octodns-sync` (a plan) of 10,000 records"
        guard let python = place.python else {
            return [Row(name, measured: "not measured: octodns could not be had from PyPI", goal: "", input: "")]
        }
        for zone in 0..<zones {
            for (folder, changes) in [("from", true), ("to", false)] {
                let text = (0..<records).map { record in
                    let last = changes && record == 0 ? 2 : 1
                    return "r\(record):\n  ttl: 300\n  type: A\n  value: 192.0.2.\(last)\n"
                }
                try place.write(text.joined(), to: "octodns/\(folder)/z\(zone).example.yaml")
            }
        }
        try place.write(configuration, to: "octodns/config.yaml")
        let command = ["\(python)/bin/octodns-sync", "--config-file", "config.yaml"]
        let runs = try (0..<3).map { _ in try Child.run(command, in: "\(place.folder)/octodns").usage }
        let usage = Usage(medianOf: runs)
        let ours = try place.medians(of: ["plan"], runs: 3).figure("all")
        let factor = usage.wall / ours
        return [
            Row(
                name,
                measured: "\(usage.wall.asTime), \(usage.cpu.asTime) of CPU, \(usage.peak.asMemory) at its peak",
                goal: "to compare",
                input: """
                    octodns from PyPI, YamlProvider to YamlProvider: 100 zones × 100 A records, one changed in each; the whole \
                    process; median of 3
                    """
            ),
            Row(
                "plan of 10,000 connectors by Mitregate, in the same run",
                measured: "\(ours.asTime), \(factor.rounded(to: 1)) × as fast as octodns",
                goal: "≥ 15 × octodns",
                input: "as in the row of 1,000 tenants × 10 connectors",
                isMet: factor >= 15
            ),
        ]
    }

    private static var configuration: String {
        let provider = "class: octodns.provider.yaml.YamlProvider, default_ttl: 300, enforce_order: false"
        let names = (0..<zones).map { "  z\($0).example.: {sources: [from], targets: [to]}\n" }
        return """
            providers:
              from: {\(provider), directory: from}
              to: {\(provider), directory: to}
            zones:
            \(names.joined())
            """
    }
}
