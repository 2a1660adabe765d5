import FoundationEssentials
import JSON

extension TenantConnection {
    /// All rows of a read, with what the service said along with them.
    struct Rows: Hashable, Sendable {
        var rows: [JSONValue]
        /// As ``Warnings`` keeps them.
        var warnings: [String]
        /// The bytes of all pages.
        var size: Int
        /// Of the first page, by the service's own clock; nothing where it does not tell.
        var serviceTime: Date?
    }

    /// A bound for a server that never ends; the service's own pages hold a thousand rows.
    ///
    /// All pages of a list together are no larger than one answer may be.
    private static let maximumPages = 500

    /// Reads to the end, or says that the state is unknown; part of a list is never returned.
    ///
    /// Public clients re-post the same body to the continuation; where that fails, as it does for some, the whole read
    /// does. A continuation that leads to another service is not followed, as the token would go with it.
    func read(_ command: Command) async -> Reading<Rows> {
        do throws(ExchangeError) {
            var answer = try await invoke(command).get()
            var rows = answer.rows
            var warnings = Warnings(answer.warnings)
            let (cookies, serviceTime) = (answer.cookies, answer.serviceTime)
            var (size, values) = (answer.size, answer.values)
            var seen: Set<String> = []
            while let link = answer.nextLink {
                guard trustedHosts.owns(link: link) else { throw foreign(command) }
                guard seen.insert(link).inserted, seen.count < Self.maximumPages else {
                    throw incomplete(command, "its pages do not come to an end")
                }
                answer = try await invoke(command, link: link, cookies: cookies).get()
                guard answer.hasList, answer.nextLink == nil || !answer.rows.isEmpty else {
                    throw incomplete(command, "a page of it came empty")
                }
                size += answer.size
                values += answer.values
                guard size <= Self.maximumAnswer, values <= JSONParser.maximumValues else {
                    throw incomplete(command, "its pages are larger than those of any tenant")
                }
                rows += answer.rows
                warnings.add(answer.warnings)
            }
            if answer.saysThereIsMore { throw incomplete(command, "the service says that there are more results") }
            return .known(Rows(rows: rows, warnings: warnings.texts, size: size, serviceTime: serviceTime))
        } catch {
            return .unknown(error)
        }
    }

    private func incomplete(_ command: Command, _ why: String) -> ExchangeError {
        ExchangeError(
            .answerIncomplete,
            "The list of \(command.cmdlet) is incomplete: \(why).",
            remedy: "Run it again; nothing is planned from a part of the tenant's state.",
            cmdlet: command.cmdlet
        )
    }

    private func foreign(_ command: Command) -> ExchangeError {
        ExchangeError(
            .foreignLink,
            "The list of \(command.cmdlet) goes on at a host that is not Exchange Online's; it was not asked.",
            remedy: "Check `cloud` and `endpoints`; if they are right, something between here and the service is not.",
            cmdlet: command.cmdlet
        )
    }
}
