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

    @OptionGroup var named: TenantOptions

    @Option(help: ArgumentHelp("Only events from this time on, in RFC 3339.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("At most this many.", valueName: "count"))
    var limit: Int = 100

    @Flag(name: .shortAndLong, help: "Keep going, and show each event as it comes.")
    var follow = false

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        try await reporting(output) {
            let client = try options.client()
            let names = named.isAll ? nil : try await named.names(at: client)
            var seen: Set<String> = []
            var from = since
            var events = try await first(names, client)
            repeat {
                let fresh = events.filter { !seen.contains($0.id) }
                show(fresh)
                seen.formUnion(fresh.map(\.id))
                guard follow else { break }
                if let last = events.last { from = Timestamp.text(last.time) }
                if from == nil { from = Timestamp.text(Date()) }
                // What is older than the last second asked for does not come again.
                if seen.count > 10_000 { seen = Set(events.map(\.id)) }
                // A person waits for the answer, so this is real time.
                try await Task.sleep(for: .seconds(1))
                events = try await Self.events(of: names?.count == 1 ? names?.first : nil, since: from, 1_000, client)
                    .filter { event in names.map { $0.contains(event.tenant ?? "") } ?? true }
            } while true
            return .success
        }
    }

    /// The last events of those that are meant; each is asked for its own, as others would use up the limit.
    private func first(_ names: [String]?, _ client: SiteClient) async throws -> [Event] {
        guard let names else { return try await Self.events(of: nil, since: since, limit, client) }
        var all: [Event] = []
        for name in names { all += try await Self.events(of: name, since: since, limit, client) }
        return Array(all.sorted { ($0.time, $0.id) < ($1.time, $1.id) }.suffix(max(0, limit)))
    }

    private static func events(
        of tenant: String?,
        since: String?,
        _ limit: Int,
        _ client: SiteClient
    ) async throws -> [Event] {
        var query = [("limit", String(limit))]
        if let tenant { query.append(("tenant", tenant)) }
        if let since { query.append(("since", since)) }
        let document: EventsDocument = try await client.get("/api/v1/events", query: query)
        return document.events
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
