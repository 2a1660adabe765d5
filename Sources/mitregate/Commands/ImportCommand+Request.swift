import Configuration
import Connectors
import Controller
import Definitions
import Foundation
import PullRequests
import Reconciling
import Reports

extension ImportCommand {
    /// Opens the request that adopts what no definition claims, or brings it up to date.
    func propose(_ entry: ManagedTenant, _ context: CommandContext) async throws {
        guard entry.source.forge != nil else {
            throw CommandFailure(
                .usage,
                id: "forge-missing",
                "The source \"\(entry.source.name)\" has no forge, so no request can be opened.",
                remedy:
                    "Add forge: {kind: …, url: …, repository: …, credentials: …} to it in \(context.configuration.file), or use --repository."
            )
        }
        let environment = context.environment
        let answer = try await context.interrupts.cancelling { () async throws -> AdoptionAnswer in
            let snapshot = try await SourceReader(environment).snapshot(of: entry.source)
            let desk = OfferDesk(
                entry.source.name,
                tools: OfferTools(
                    environment: { environment },
                    shared: SharedResources(environment),
                    open: { try environment.forge(of: $0) },
                    branch: { _ in snapshot },
                    standing: { _ in OfferStanding(live: nil, mayBeQuarantined: false) }
                )
            )
            return try await desk.adopt(entry)
        }
        context.progress.end()
        if let trouble = answer.news.trouble {
            throw CommandFailure(.error, id: "offer-held", trouble.message, remedy: trouble.remedy)
        }
        switch output {
        case .json: Terminal.print(document(answer, of: entry.tenant.name).json)
        case .text: Terminal.print("\(text(answer, of: entry.tenant.name))\n")
        }
        for left in answer.left {
            Terminal.note(
                "Left alone: \(left.kind) \"\(left.displayName.escapingControls)\": \(left.reason.escapingControls)"
            )
        }
    }

    private func document(_ answer: AdoptionAnswer, of tenant: String) -> ImportDocument {
        let files = answer.files.compactMap { file -> ImportDocument.File? in
            let definition = DefinitionFile(path: file.path, bytes: file.content ?? [])
            guard let connector = DefinitionReader.read([definition], now: Date()).desired.connectors.first else {
                return nil
            }
            return ImportDocument.File(
                file: file.path,
                kind: connector.kind.rawValue,
                name: connector.key.name,
                displayName: connector.displayName,
                isDefinition: true,
                text: String(decoding: definition.bytes, as: UTF8.self)
            )
        }
        return ImportDocument(tenant: tenant, files: files, request: answer.news.request, page: answer.news.page)
    }

    private func text(_ answer: AdoptionAnswer, of tenant: String) -> String {
        guard let request = answer.news.request else {
            return "Nothing to adopt: every connector of \(tenant) that could have a definition has one."
        }
        let page = answer.news.page.map { $0.isEmpty ? "" : ": \($0.escapingControls)" } ?? ""
        let count = answer.files.count == 1 ? "1 definition" : "\(answer.files.count) definitions"
        return "Request \(request) adds \(count) to \(tenant)\(page)"
    }
}
