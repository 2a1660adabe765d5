import Configuration
import Controller
import Forges
import Foundation
import Laboratory
import Reports
import StateStore
import Synchronization
import Testing

/// What `doctor` says of a source's forge, and when its hook counts as silent.
@Suite struct ForgeDoctorTests {
    private static let hook = "webhook: {secret: {file: hook-secret}}"

    private func checks(_ bench: DeskBench) async throws -> [String: DoctorCheck] {
        let checks = await bench.doctor()
        return Dictionary(checks.map { ($0.name, $0) }) { first, _ in first }
    }

    // MARK: Permissions

    static let grants: [([Bool?], DoctorCheck.Outcome, String, String)] = [
        ([true, true], .ok, "mitregate may set statuses and write comments in contoso/mail-flow.", ""),
        ([false, true], .fail, "mitregate may not set statuses in", "Give it the scope `a`."),
        ([true, false], .fail, "mitregate may not write comments in", "Give it the scope `b`."),
        (
            [false, false], .fail, "may not set statuses and write comments in",
            "Give it the scope `a`; and the scope `b`."
        ),
        (
            [nil, true], .unknown, "whether mitregate may set statuses in contoso/mail-flow is not known",
            "See that it has the scope `a`."
        ),
        // What is surely missing is what has to be put right first.
        ([false, nil], .fail, "mitregate may not set statuses in", "Give it the scope `a`."),
    ]

    @Test(arguments: grants)
    func `what the credentials lack is named`(
        isGiven: [Bool?],
        outcome: DoctorCheck.Outcome,
        message: String,
        remedy: String
    ) async throws {
        try await DeskBench.with { bench in
            bench.forge.state.withLock { state in
                state.grants = [
                    ForgeGrant(.setStatuses, isGiven: isGiven[0], need: "the scope `a`"),
                    ForgeGrant(.comment, isGiven: isGiven[1], need: "the scope `b`"),
                ]
            }
            let check = try #require(try await checks(bench)["forge-permission"])
            #expect(check.outcome == outcome && check.message.contains(message), "\(check)")
            #expect(check.remedy == remedy)
        }
    }

    @Test func `what is missing is told also where the forge lets us read nothing`() async throws {
        try await DeskBench.with { bench in
            bench.forge.state.withLock { state in
                state.grants = [ForgeGrant(.setStatuses, isGiven: false, need: "the permission Commit statuses")]
            }
            bench.forge.refuse("open", .invalid, status: 422)
            let checks = try await checks(bench)
            #expect(checks["forge"]?.outcome == .fail)
            #expect(checks["forge-permission"]?.outcome == .fail)
            bench.forge.refuse("open", nil)
            bench.forge.refuse("grants", .unavailable, status: 503)
            #expect(try await self.checks(bench)["forge-permission"]?.outcome == .unknown)
            #expect(try await self.checks(bench)["forge"]?.outcome == .ok)
        }
    }

    // MARK: Terms

    private static func terms(
        required: Bool? = true,
        remaining: Int? = nil,
        isPublic: Bool? = false
    ) -> ForgeTerms {
        ForgeTerms(
            allowance: remaining.map { .init(remaining: $0, limit: 5_000, resetsAt: nil) },
            isRequired: required,
            isPublic: isPublic
        )
    }

    static let rows: [(String, ForgeTerms, String, DoctorCheck.Outcome, String)] = [
        (
            "", terms(required: true), "forge-required-status", .ok,
            "nothing is merged into main while mitregate/gate fails"
        ),
        (
            "", terms(required: false), "forge-required-status", .warn,
            "can be merged into main though mitregate/gate fails"
        ),
        ("", terms(required: nil), "forge-required-status", .unknown, "is not known"),
        ("", terms(remaining: 4_000), "forge-limit", .ok, "4000 of 5000 calls are left"),
        ("", terms(remaining: 499), "forge-limit", .warn, "499 of 5000 calls are left"),
        ("", terms(remaining: 500), "forge-limit", .ok, "500 of 5000"),
        ("", terms(remaining: nil), "forge-limit", .ok, "does not say how many calls are left"),
        (
            "", terms(isPublic: true), "forge-visibility", .ok,
            "anyone can read contoso/mail-flow, so comments are summaries"
        ),
        ("visibility: full", terms(isPublic: true), "forge-visibility", .warn, "visibility: full shows them addresses"),
        ("", terms(isPublic: false), "forge-visibility", .ok, "so comments show everything"),
        ("visibility: summary", terms(isPublic: false), "forge-visibility", .ok, "as visibility: summary says"),
        ("", terms(isPublic: nil), "forge-visibility", .ok, "is not known, so comments are summaries"),
        ("visibility: full", terms(isPublic: nil), "forge-visibility", .ok, "is not known; comments show everything"),
    ]

    @Test(arguments: rows)
    func `what a forge tells of its terms is a row each, and what it keeps is not known`(
        line: String,
        terms: ForgeTerms,
        name: String,
        outcome: DoctorCheck.Outcome,
        message: String
    ) async throws {
        try await DeskBench.with(forge: line) { bench in
            bench.forge.state.withLock { $0.terms = terms }
            let check = try #require(try await checks(bench)[name])
            #expect(check.outcome == outcome && check.message.contains(message), "\(check)")
            #expect(check.remedy.isEmpty == (outcome == .ok), "\(check)")
        }
    }

    // MARK: The hook

    /// The request moves, and the desk finds that out by itself.
    private func move(_ bench: DeskBench, _ note: String) async throws {
        bench.shift.advance(700)
        let head = try await bench.push(7, note)
        bench.forge.push(head, to: 7)
        await bench.desk.look()
    }

    @Test func `a hook that told of none of three moves is silent, and one delivery clears it`() async throws {
        try await DeskBench.with(forge: Self.hook) { bench in
            let secret = bench.laboratory.folder.appending(path: "hook-secret")
            try Data("hook-secret".utf8).write(to: secret)
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            let first = try #require(try await checks(bench)["forge-webhook"])
            #expect(first.outcome == .ok && first.message.contains("no delivery yet"), "\(first)")
            #expect(first.message.contains("/hook/"))

            for note in ["one", "two"] {
                try await move(bench, note)
                #expect(bench.troubles.last == nil)
            }
            try await move(bench, "three")
            #expect(bench.troubles.last?.reason == "WebhookSilent")
            #expect(bench.troubles.last?.remedy.isEmpty == false)
            // It stays while nothing moves, after a restart too.
            await bench.restarted().desk.look()
            #expect(try await checks(bench)["forge-webhook"]?.outcome == .warn)

            await bench.desk.delivered(at: bench.shift.now)
            await bench.desk.look()
            #expect(bench.troubles.last == nil)
            let told = try #require(try await checks(bench)["forge-webhook"])
            #expect(told.outcome == .ok && told.message.contains("the last delivery came in at"), "\(told)")
        }
    }

    @Test func `a secret that cannot be read fails, and without a webhook there is nothing to say`() async throws {
        try await DeskBench.with(forge: Self.hook) { bench in
            let check = try #require(try await checks(bench)["forge-webhook"])
            #expect(check.outcome == .fail && !check.remedy.isEmpty, "\(check)")
        }
        try await DeskBench.with { bench in
            let check = try #require(try await checks(bench)["forge-webhook"])
            #expect(check.outcome == .ok && check.message.contains("no webhook is configured"))
        }
    }
}
