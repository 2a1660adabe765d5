import FoundationEssentials
import Glibc

/// Measures what docs/performance.md quotes, and prints the table; `examples/bench.sh` starts it with what it needs.
///
/// Each figure is taken in a process of its own: the program starts itself again as `bench measure NAME …`, so that
/// one measurement's memory is not another's.
@main
struct Bench {
    static func main() async {
        raiseFileLimit()
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            if arguments.first == "measure" {
                try await measure(Array(arguments.dropFirst()))
            } else {
                print(table(of: arguments))
            }
        } catch {
            complain("bench: \(error)")
            exit(1)
        }
    }

    private static let sections: [(name: String, rows: @Sendable (Place) throws -> [Row])] = [
        ("start", Start.rows), ("validate", Validation.rows), ("plan", PlanningSpeed.rows),
        ("no-change", NoChangeRun.rows), ("hold", Holding.rows), ("octodns", OctoDNS.rows),
        ("terraform", Terraform.rows),
        ("probes", Probes.rows), ("silence", Silence.rows), ("shared-hosts", SharedHosts.rows),
        ("controller", Watching.rows), ("controller-growth", Growth.rows), ("requests", Requests.rows),
    ]

    /// The rows of the sections that are named, or of all.
    private static func table(of wanted: [String]) -> String {
        let place = Place()
        var rows: [Row] = []
        for section in sections where wanted.isEmpty || wanted.contains(section.name) {
            complain("measuring: \(section.name)")
            do {
                rows += try section.rows(place)
            } catch {
                rows.append(Row(section.name, measured: "not measured: \(error)", goal: "", input: ""))
            }
        }
        return Row.table(rows)
    }

    private static func measure(_ arguments: [String]) async throws {
        let rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "plan": await PlanningSpeed.measure(PlanningSpeed.tenants)
        case "plan-thousand": await PlanningSpeed.measure(100)
        case "hold": await Holding.measure()
        case "probes": try await Probes.measure(rest)
        case "silent-peers": try Silence.listen(rest)
        case "silence": try await Silence.measure(rest)
        case "shared-hosts": try await SharedHosts.measure(rest)
        case "controller": try await Watching.measure(rest)
        case "controller-growth": try await Growth.measure(rest)
        case "requests": try await Requests.measure(rest)
        default: throw Problem("there is no measurement \(arguments)")
        }
    }

    /// 2,000 connections need more descriptors than a shell hands out.
    private static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    private static func complain(_ text: String) {
        let line = Array("\(text)\n".utf8)
        _ = Glibc.write(2, line, line.count)
    }
}

/// Why a figure could not be taken.
struct Problem: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
