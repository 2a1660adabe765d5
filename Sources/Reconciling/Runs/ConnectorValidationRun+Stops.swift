import Connectors
import ExchangeOnline
import FoundationEssentials
import Planning
import Reports
import YAML

extension RunStop {
    static func notOutbound(_ name: String, in tenant: String, _ applied: AppliedTenant) -> RunStop {
        let known = applied.connectors.filter { $0.key.kind == .outboundConnector }.map(\.key.name).sorted()
        let other = applied.connectors.first { $0.key.name == name }
        let told =
            other.map { "\($0.key) is not an outbound connector, and Exchange validates only those." }
            ?? "No outbound connector with the name \"\(name.escapingControls)\" was applied to \(tenant), and only what is managed is validated."
        return RunStop(
            .usage,
            id: "name-unknown",
            "\(told) No message was sent.",
            remedy: Nearest.question(name, among: known)
                ?? (known.isEmpty
                    ? "Use the Exchange admin center for a connector that Mitregate does not manage."
                    : "Outbound connectors that are managed there: \(known.prefix(20).joined(separator: ", ")).")
        )
    }

    static let unsent = RunStop(
        .interrupted,
        id: "interrupted",
        "Interrupted before Exchange was asked. No message was sent.",
        remedy: "Run the command again."
    )

    static func notPassed(_ object: ObservedConnector, _ problem: String, in tenant: String) -> RunStop {
        RunStop(
            .error,
            id: "validation-failed",
            "Exchange's own validation of \"\(object.displayName.escapingControls)\" did not succeed (\(problem)). The connector is as it was.",
            remedy: "See what the partner's servers answer: mitregate gate --tenant \(tenant)",
            cause: .validationFailed
        )
    }

    /// An answer that refuses the request came before any test; all others leave it open what was sent.
    init(withoutResult object: ObservedConnector, _ error: ExchangeError, _ now: Date) {
        let name = object.displayName.escapingControls
        if error.errorClass == .refused {
            self.init(
                .error,
                id: "validation-refused",
                "Exchange refused to validate \"\(name)\": \(error.message) The connector is as it was.",
                remedy:
                    "Each recipient's domain must be one that the connector serves; name other recipients with --recipient.",
                cause: .refused
            )
        } else {
            self.init(
                .unknown,
                id: "validation-unknown",
                "Exchange's own validation of \"\(name)\" had no result: \(error.message) Test messages may have been sent; the connector is as it was.",
                remedy: "\(error.remedy) Then run the command again; it sends new test messages.",
                cause: StopCause(error),
                until: error.until(from: now)
            )
        }
    }

    /// - Parameter journal: The finished one of the record, which tells why.
    static func notRecorded(_ journal: Journal) -> RunStop {
        RunStop(
            journal.result == .interrupted ? .interrupted : .partlyApplied,
            id: "validation-not-recorded",
            journal.message,
            remedy:
                "Mail is not affected: Exchange only shows the state. Running the command again records it, and sends new test messages.",
            cause: journal.cause,
            until: journal.until
        )
    }

    /// The run is left to a later one, which finds out.
    static func recordLeft(_ object: ObservedConnector, _ stop: RunStop, _ tenant: String) -> RunStop {
        var left = stop
        left.message =
            "Exchange's own validation of \"\(object.displayName.escapingControls)\" passed, and whether the tenant records it is not known yet. \(stop.message)"
        left.remedy =
            "The next run of \(tenant) goes on from there, and sends no message for it: mitregate apply --tenant \(tenant)"
        return left
    }

    static func changedMeanwhile(_ shown: ConnectorValidationRun.Preview) -> RunStop {
        RunStop(
            .stale,
            id: "plan-stale",
            "\"\(shown.displayName.escapingControls)\", or who gets its test messages, was changed in \(shown.tenant) while you looked at it. No message was sent.",
            remedy: "Run the command again, and look at what it asks now."
        )
    }
}
