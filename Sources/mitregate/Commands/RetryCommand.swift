import ArgumentParser
import Planning
import Reconciling
import Reports
import Scheduling
import Site

struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Lift the quarantine of a commit whose apply was rolled back, so that apply tries it again.",
        usage: "mitregate retry [--source <name> | --tenant <name>] [<options>]",
        discussion: """
            It asks the controller, and the tenants run at once. Where no controller answers, it lifts the quarantine in the \
            store, for the next apply. Without a name it lifts every quarantine. `retry --source` also lifts the stop of a \
            rollout, which only a controller has.

            Examples:
              mitregate retry --tenant contoso
              mitregate retry --source mail-flow --server https://mitregate.contoso.com
            """
    )

    @OptionGroup(title: "Controller") var controller: ControllerOptions

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        if try await isAnsweredByController() { return }
        try await answering(
            selection,
            output,
            ask: { context, reconciler in
                var lifted: [RetryDocument.Lifted] = []
                for tenant in context.tenants {
                    guard let quarantine = try await reconciler.retry(tenant) else { continue }
                    lifted.append(
                        RetryDocument.Lifted(
                            tenant: quarantine.tenant,
                            revision: quarantine.revision,
                            run: quarantine.run
                        )
                    )
                }
                return RetryDocument(lifted: lifted)
            },
            text: { document, _ in
                guard !document.lifted.isEmpty else { return "No commit is quarantined." }
                return document.lifted.map { entry in
                    "\(entry.tenant): commit \(entry.revision.prefix(12)) may be applied again."
                }.joined(separator: "\n")
            }
        )
    }

    /// Has the controller try again, if one is at work.
    private func isAnsweredByController() async throws -> Bool {
        var isAnswered = true
        try await reporting(output) {
            let requests = try await controller.asking(selection.config, or: .noController) { client in
                var requests: [RequestView] = []
                for body in try await self.bodies(client) {
                    let document: RequestsDocument = try await client.post("/api/v1/retries", body)
                    requests += document.requests
                }
                return requests
            }
            isAnswered = requests != nil
            guard let requests else { return .success }
            switch output {
            case .json: Terminal.print(RequestsDocument(requests: requests).json)
            case .text:
                if requests.isEmpty { Terminal.print("No commit is quarantined, and no rollout is stopped.") }
                for request in requests {
                    Terminal.print("\(request.tenant): will be tried again (request \(request.id)).".escapedLine)
                }
            }
            return .success
        }
        return isAnswered
    }

    /// What is asked for: what was named, or else whatever a retry would let go on.
    private func bodies(_ client: SiteClient) async throws -> [[String: String]] {
        if !selection.named.isAll { return try await selection.named.names(at: client).map { ["tenant": $0] } }
        if let source = selection.source { return [["source": source]] }
        let known: TenantsDocument = try await client.get("/api/v1/tenants")
        let stopped = Set(
            known.tenants.filter { $0.conditions.contains { $0.type == .rolloutStopped } }.map(\.source)
        )
        let quarantined = known.tenants.filter { tenant in
            !stopped.contains(tenant.source) && tenant.conditions.contains { $0.reason == "Quarantined" }
        }
        return stopped.sorted().map { ["source": $0] } + quarantined.map { ["tenant": $0.tenant] }
    }
}
