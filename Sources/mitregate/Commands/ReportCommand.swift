import ArgumentParser
import Foundation
import Planning
import Reconciling
import Reports
import StateStore

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Reports from the history, for others to read.",
        usage: "mitregate report audit [<options>]",
        subcommands: [Audit.self]
    )

    struct Audit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "audit",
            abstract: "Who changed what, why, and on what evidence: a row for each change, for an auditor.",
            usage: "mitregate report audit [--since <time>] [-o csv|json|html] [<options>]",
            discussion: """
                A time is a date (2027-03-01), an instant (2027-03-01T08:00:00Z) or a duration back from now (7d, 12h). \
                Without --since it is all that the history holds; `store.keep` says how long that is. Runs that wrote nothing \
                have no row. The HTML is one file without scripts, made to be printed; no spreadsheet takes a cell of the \
                CSV for a formula.

                Examples:
                  mitregate report audit --since 2027-01-01 -o html --out audit.html
                  mitregate report audit --since 7d --tenant contoso -o csv
                """
        )

        enum Format: String, ExpressibleByArgument, CaseIterable { case csv, json, html }

        @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

        @OptionGroup(title: "Which runs") var filter: RunFilter

        @Option(name: .shortAndLong, help: OutputFormat.help)
        var output: Format = .csv

        @Option(
            help: ArgumentHelp("Write it to this file, which only its owner can read.", valueName: "file"),
            completion: .file()
        )
        var out: String?

        /// Runs that are read at once.
        private static let pageSize = 500

        func run() async throws {
            try await reporting(output == .json ? .json : .text) {
                let context = try await CommandContext.open(selection)
                let now = Date()
                var query = try filter.query(limit: Self.pageSize, at: now)
                query.tenants = selection.tenantNames(of: context)
                let (store, wanted) = (context.environment.store, query)
                let document = try await context.interrupts.cancelling { try await Self.document(wanted, store) }
                context.progress.end()
                let text =
                    switch output {
                    case .csv: AuditTable.text(document)
                    case .json: document.json
                    case .html: AuditPage.html(document, version: "mitregate \(Mitregate.version)", at: now)
                    }
                if let out { try save(text, to: out) } else { Terminal.print(text) }
                for run in document.unreadableRuns {
                    Terminal.note(
                        "! Another version of Mitregate stored run \(run), and this one cannot list its changes."
                    )
                }
                return .success
            }
        }

        /// Newest first.
        private static func document(_ query: RunQuery, _ store: any StateStore) async throws -> AuditDocument {
            var page = query
            var rows: [AuditRow] = []
            var unreadable: [String] = []
            while true {
                try Task.checkCancellation()
                let runs = try await store.runs(page)
                for record in runs where !record.connectors.isEmpty {
                    let stored = try await store.run(matching: record.id)
                    let journal = try await store.journal(run: record.id)
                    do throws(StateStoreError) {
                        guard let plan = try stored.plan() else { continue }
                        rows += AuditRow.rows(of: stored.record, plan, judgements: stored.judgements, journal)
                    } catch {
                        unreadable.append(record.id)
                    }
                }
                guard runs.count == page.limit, let last = runs.last else { break }
                page.before = last.id
            }
            return AuditDocument(
                since: query.startedFrom,
                until: query.startedBefore,
                rows: rows,
                unreadableRuns: unreadable
            )
        }

        private func save(_ text: String, to file: String) throws {
            let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
            guard FileManager.default.createFile(atPath: file, contents: Data(text.utf8), attributes: attributes) else {
                throw CommandFailure(
                    .error,
                    id: "report-not-written",
                    "The report could not be written to \(file).",
                    remedy: "Check that the folder exists and may be written to."
                )
            }
        }
    }
}
