import ArgumentParser
import Connectors
import Foundation
import Reports
import Scheduling
import Site

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Show what happened, newest last; with -f as it happens.",
        usage: "mitregate events [-f] [--tenant <name>] [<options>]",
        discussion: """
            Examples:
              mitregate events --tenant contoso --since 2026-11-29T00:00:00Z
              mitregate events -f -o json
            """
    )

    @OptionGroup(title: "Server") var options: ServerOptions

    @Option(
        help: ArgumentHelp("Only this tenant.", valueName: "name"),
        completion: .custom(Suggestions.tenants)
    )
    var tenant: String?

    @Option(help: ArgumentHelp("Only events from this time on, in RFC 3339.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("At most so many.", valueName: "count"))
    var limit: Int = 100

    @Flag(name: .shortAndLong, help: "Go on, and show each event as it comes.")
    var follow = false

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        try await reporting(output) {
            let client = try options.client()
            var query = [("limit", String(limit))]
            if let tenant { query.append(("tenant", tenant)) }
            var seen: Set<String> = []
            var from = since
            repeat {
                let document: EventsDocument = try await client.get(
                    "/api/v1/events",
                    query: query + (from.map { [("since", $0)] } ?? [])
                )
                let fresh = document.events.filter { !seen.contains($0.id) }
                show(fresh)
                seen.formUnion(fresh.map(\.id))
                guard follow else { break }
                if let last = document.events.last { from = Timestamp.text(last.time) }
                if from == nil { from = Timestamp.text(Date()) }
                query[0].1 = "1000"
                // What is older than the last second asked for does not come again.
                if seen.count > 10_000 { seen = Set(document.events.map(\.id)) }
                // A person waits for the answer, so this is real time.
                try await Task.sleep(for: .seconds(1))
            } while true
            return .success
        }
    }

    private func show(_ events: [Event]) {
        guard output == .text else {
            if follow {
                for event in events { Terminal.print(EventsDocument(events: [event]).json) }
            } else {
                Terminal.print(EventsDocument(events: events).json)
            }
            return
        }
        for event in events {
            let sign =
                switch (event.transition, event.severity) {
                case (.cleared, _): "✓"
                case (_, .high): "✗"
                case (_, .warning): "!"
                case (_, .info): "·"
                }
            let place = event.tenant.map { "\($0) " } ?? ""
            let word = event.transition == .raised ? "" : " \(event.transition.rawValue)"
            Terminal.print(
                "\(Timestamp.text(event.time)) \(sign) \(place)\(event.object) \(event.reason)\(word): \(event.message)"
                    .escapedLine
            )
        }
    }
}
