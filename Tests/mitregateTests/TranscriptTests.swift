import Foundation
import Laboratory
import TestSupport
import Testing

/// What a reader of README sees: the commands of a first day, with what differs from run to run masked.
@Suite struct TranscriptTests {
    @Test func `a first day reads well`() async throws {
        try await FiveChanges.with { laboratory in
            var transcript = ""
            func show(_ command: String...) async throws {
                let ending = try await laboratory.mitregate.run(command)
                transcript += "$ mitregate \(command.joined(separator: " "))\n\(ending.output)"
                if !ending.errors.isEmpty { transcript += "(standard error)\n\(ending.errors)" }
                transcript += "(exit code \(ending.code))\n\n"
            }
            try await show("plan", "--out", "plan.json")
            try await show("apply", "plan.json")
            try await show("plan")
            try await show("status")
            try await show("history")
            try laboratory.edit("Set-InboundConnector", #"{"Identity": "New", "SenderIPAddresses": ["192.0.2.77"]}"#)
            try await show("drift")
            try await show("plan", "--tenant", "woodgrove")
            #expect(Program.Ending.wideLines(transcript) == [])
            try expectGolden(Self.masked(transcript), "transcript.txt")
        }
    }

    /// Commits, digests, runs' ids and times are as long as they were.
    private static func masked(_ text: String) -> String {
        text.replacing(/started by \S+ on \S+/, with: { _ in "started by OPERATOR on MACHINE" })
            .replacing(/sha256:[0-9a-f]{64}/) { "sha256:" + String(repeating: "d", count: $0.output.count - 7) }
            .replacing(/\b01[0-9A-HJKMNP-TV-Z]{12,24}/) { String(repeating: "R", count: $0.output.count) }
            .replacing(/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ/, with: { _ in "YYYY-MM-DDThh:mm:ssZ" })
            .replacing(/\b(?=[0-9a-f]*\d)[0-9a-f]{8}(?:[0-9a-f]{4}|[0-9a-f]{32})?\b/) {
                String(repeating: "c", count: $0.output.count)
            }
    }
}
