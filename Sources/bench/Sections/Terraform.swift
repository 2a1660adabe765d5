/// A tool that users know, on as many resources, where it is installed.
enum Terraform {
    private static let count = 1_000

    static func rows(in place: Place) throws -> [Row] {
        let name = "`terraform plan` of 1,000 `terraform_data`"
        guard (try? Child.run(["terraform", "version"], in: place.folder)) != nil else {
            return [Row(name, measured: "not measured: terraform is not installed", goal: "", input: "")]
        }
        let resources = (0..<count).map { number in
            "resource \"terraform_data\" \"r\(number)\" {\n  input = { name = \"r\(number)\", address = \"192.0.2.1\" }\n}\n"
        }
        try place.write(resources.joined(), to: "terraform/main.tf")
        let folder = "\(place.folder)/terraform"
        _ = try Child.run(["terraform", "init", "-input=false"], in: folder)
        _ = try Child.run(["terraform", "apply", "-auto-approve", "-input=false"], in: folder)
        try place.write(resources.joined().replacing("192.0.2.1", with: "192.0.2.2"), to: "terraform/main.tf")
        let runs = try (0..<3).map { _ in
            try Child.run(["terraform", "plan", "-input=false", "-refresh=false"], in: folder).usage
        }
        let usage = Usage(medianOf: runs)
        let ours = try place.medians(of: ["plan-thousand"], runs: 3)
        let wall = try ours.figure("all")
        return [
            Row(
                name,
                measured: "\(usage.wall.asTime), \(usage.cpu.asTime) of CPU, \(usage.peak.asMemory) at its peak",
                goal: "to compare",
                input:
                    "all 1,000 applied, then one value of each changed; without refresh; the whole process; median of 3"
            ),
            Row(
                "plan of 1,000 connectors by Mitregate",
                measured: """
                    \(wall.asTime), \(try ours.figure("peak").asMemory) at its peak, \
                    \((usage.wall / wall).rounded(to: 0)) × as fast as terraform
                    """,
                goal: "to compare",
                input: "100 tenants × 10 definitions, one changed in each; from bytes to sealed plans; median of 3 × 5"
            ),
        ]
    }
}
