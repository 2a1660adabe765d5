import ExchangeSimulator
import Laboratory
import StateStore
import Testing

/// A tenant in which one commit is applied and the next one waits: two creates, two updates and a delete.
enum FiveChanges {
    static let settings = "prune: delete, watch: {onRegression: roll-back-even-if-weaker}"

    private static let stranger = """
        "inboundConnectors": [{"Name": "Stranger", "ConnectorType": "Partner", "SenderDomains": ["smtp:stranger.example;1"]}]
        """

    /// Calls `body` with the first commit applied, the second one committed, and no fault set.
    static func with(_ body: @Sendable (Laboratory) async throws -> Void) async throws {
        let files = [
            "changed.yaml": Sample.inbound("changed", "Changed", "192.0.2.1, 192.0.2.2"),
            "gone.yaml": Sample.inbound("gone", "Gone", "192.0.2.3", isEnabled: false),
            "kept.yaml": Sample.inbound("kept", "Kept", "192.0.2.4"),
            "rule.yaml": Sample.rule("courts", "court.example"),
        ]
        try await Laboratory.with(tenant: stranger, settings: settings, files: files) { laboratory in
            let first = try await laboratory.mitregate("apply", "--auto-approve")
            try #require(first.code == 0, "\(first)")
            let folder = "tenants/contoso"
            try laboratory.repository.write(
                Sample.inbound("changed", "Changed and renamed", "192.0.2.1"),
                to: "\(folder)/changed.yaml"
            )
            try laboratory.repository.write(nil, to: "\(folder)/gone.yaml")
            try laboratory.repository.write(Sample.inbound("new", "New", "192.0.2.5"), to: "\(folder)/new.yaml")
            try laboratory.repository.write(
                Sample.rule("courts", "court.example, law.example"),
                to: "\(folder)/rule.yaml"
            )
            try laboratory.repository.write(Sample.rule("doctors", "doctor.example"), to: "\(folder)/doctors.yaml")
            try await laboratory.repository.commit("Second")
            laboratory.simulator.clearRequests()
            try await body(laboratory)
        }
    }

    /// Makes Exchange refuse the last of the five writes, the delete, the first time that it is asked.
    static let refusedDelete = """
        {"match": {"cmdlet": "Remove-*"}, "effect": {"errorBody":
          {"type": "Microsoft.Exchange.Data.DataValidationException", "text": "The connector is in use."}}}
        """

    /// What an undisturbed apply asks of the tenant, and what it leaves.
    struct Reference: Sendable {
        /// What the tenant held before.
        var before: [String]
        /// What it holds afterwards.
        var after: [String]
        var requests: [LoggedRequest]

        /// The places of the writes in `requests`, in the order in which they are sent.
        var writes: [Int] { requests.indices.filter { requests[$0].isWrite } }

        init(_ laboratory: Laboratory, faults: String = "[]", code: Int32) async throws {
            before = try laboratory.objects()
            (after, requests) = try await laboratory.twin(settings: settings) { twin in
                try twin.simulator.setFaults(faults)
                let ending = try await twin.mitregate("apply", "--auto-approve")
                try #require(ending.code == code, "\(ending)")
                return (try twin.objects(), twin.simulator.requests())
            }
        }
    }
}

extension LoggedRequest {
    var isWrite: Bool { ["New-", "Set-", "Remove-", "Enable-", "Disable-"].contains { cmdlet?.hasPrefix($0) == true } }
}
