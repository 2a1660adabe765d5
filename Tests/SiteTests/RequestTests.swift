import Synchronization
import Foundation
import Planning
import Site
import StateStore
import Testing
import Transfers

/// What comes in is checked, and what goes out says what it is.
@Suite(.timeLimit(.minutes(5))) struct RequestTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var method: HTTPRequest.Method
        var path: String
        var body: String?
        var status: Int
        var id: String

        var testDescription: String { "\(method.rawValue) \(path) \(body ?? "")" }
    }

    private static func row(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ status: Int,
        _ id: String,
        body: String? = nil
    ) -> Row {
        Row(method: method, path: path, body: body, status: status, id: id)
    }

    private static let invalid = "request-invalid"

    static let rows = [
        row(.get, "/nowhere", 404, "not-found"), row(.get, "/api/v1/tenants/fabrikam", 404, "not-found"),
        row(.get, "/api/v1/tenants/%zz", 400, invalid), row(.get, "/api/v1/tenants/%2e%2e%2f", 404, "not-found"),
        row(.get, "/api/v1/runs?limit=0", 400, invalid), row(.get, "/api/v1/runs?limit=99999999999", 400, invalid),
        row(.get, "/api/v1/runs?colour=blue", 400, invalid), row(.get, "/api/v1/runs/ZZZZ", 404, "run-not-found"),
        row(.get, "/api/v1/runs?result=fine", 400, invalid), row(.get, "/api/v1/runs?result=held,", 400, invalid),
        row(.get, "/api/v1/runs?since=yesterday", 400, invalid),
        row(.get, "/api/v1/runs?connector=Nothing/a", 400, invalid), row(.get, "/api/v1/runs?author=", 400, invalid),
        row(.get, "/api/v1/runs?tenant=a,", 400, invalid),
        row(.get, "/api/v1/runs?tenant=\((0...100).map { "t\($0)" }.joined(separator: ","))", 400, invalid),
        row(.get, "/api/v1/events?since=yesterday", 400, invalid),
        row(.get, "/api/v1/plans/0123456789ab", 404, "not-found"), row(.get, "/api/v1/requests/R9", 404, "not-found"),
        row(.delete, "/api/v1/tenants", 405, "method-not-allowed"),
        row(.post, "/api/v1/requests", 400, invalid, body: "{"),
        row(.post, "/api/v1/requests", 400, invalid, body: "[]"),
        row(.post, "/api/v1/requests", 400, invalid, body: "{}"),
        row(.post, "/api/v1/requests", 400, invalid, body: #"{"tenant":1}"#),
        row(.post, "/api/v1/requests", 400, invalid, body: #"{"tenant":"contoso","x":"y"}"#),
        row(.post, "/api/v1/requests", 400, invalid, body: #"{"tenant":"../etc"}"#),
        row(.post, "/api/v1/requests", 404, "not-found", body: #"{"tenant":"fabrikam"}"#),
        row(.post, "/api/v1/approvals", 400, invalid, body: #"{"digest":"0123","reason":"x"}"#),
        row(.post, "/api/v1/approvals", 400, invalid, body: #"{"digest":"0123456789ab"}"#),
        row(
            .post,
            "/api/v1/approvals",
            400,
            invalid,
            body: #"{"digest":"0123456789ab","reason":"x","verdict":"fine"}"#
        ),
        row(.post, "/api/v1/approvals", 400, invalid, body: #"{"digest":"0123456789ab","reason":"  "}"#),
        row(.post, "/api/v1/suspensions", 400, invalid, body: #"{"tenant":"contoso","until":"soon","reason":"x"}"#),
        row(.post, "/api/v1/retries", 400, invalid, body: "{}"),
        row(.post, "/api/v1/watches/W1/end", 404, "not-found", body: #"{"reason":"x"}"#),
    ]

    @Test(arguments: rows)
    func `a request that cannot be done says why`(row: Row) async throws {
        try await withSite(tokens: [.boss]) { (site: TestSite) async throws in
            let response = try await site.send(row.method, row.path, token: .boss, body: row.body)
            #expect(response.status == row.status)
            #expect(site.problem(response) == row.id)
            #expect(response.headers["Content-Type"] == "application/problem+json")
        }
    }

    @Test func `rule 13: a body beyond 64 KiB is refused`() async throws {
        try await withSite(tokens: [.boss]) { (site: TestSite) async throws in
            let body = #"{"tenant":""# + String(repeating: "x", count: 70_000) + #""}"#
            let response = try await site.send(.post, "/api/v1/requests", token: .boss, body: body)
            #expect(response.status == 413)
            #expect(site.model.asked.withLock { $0 }.isEmpty)
        }
    }

    @Test func `a body that is not declared as JSON is refused`() async throws {
        try await withSite(tokens: [.boss]) { (site: TestSite) async throws in
            let response = try await site.send(
                .post,
                "/api/v1/requests",
                token: .boss,
                body: "tenant=contoso",
                headers: [("Content-Type", "application/x-www-form-urlencoded")]
            )
            #expect(response.status == 415)
        }
    }

    @Test(arguments: [
        ("/api/v1/tenants", "Tenants"), ("/api/v1/tenants/contoso", "Tenant"), ("/api/v1/runs", "History"),
        ("/api/v1/runs?tenant=a,b&since=2026-11-30T08:00:00Z&connector=InboundConnector/a&result=held", "History"),
        ("/api/v1/plans", "Plans"), ("/api/v1/watches", "Watches"), ("/api/v1/events", "Events"),
        ("/version", "Version"),
    ])
    func `every document says its kind and version`(path: String, kind: String) async throws {
        try await withSite { (site: TestSite) async throws in
            let response = try await site.send(.get, path)
            #expect(response.status == 200)
            let object = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
            #expect(object?["kind"] as? String == kind)
            #expect(object?["formatVersion"] as? String != nil)
            #expect(response.headers["Cache-Control"] == "no-store")
        }
    }

    @Test func `the version says of which commit it is`() async throws {
        try await withSite { (site: TestSite) async throws in
            let response = try await site.send(.get, "/version")
            let object = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
            #expect(object?["version"] as? String == "1.2.3~git20261129134501.4c0ffee")
            #expect(object?["commit"] as? String == "4c0ffee" && object?["date"] as? String == "2026-11-29T13:45:01Z")
        }
    }

    @Test func `the description has the table's rows, and each of its references leads somewhere`() async throws {
        try await withSite { (site: TestSite) async throws in
            let response = try await site.send(.get, "/api/v1/openapi.json")
            let object = try #require(try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
            #expect(object["openapi"] as? String == "3.1.0")
            let paths = try #require(object["paths"] as? [String: Any])
            for path in ["/api/v1/tenants", "/api/v1/suspensions/{name}", "/metrics", "/healthz"] {
                #expect(paths[path] != nil)
            }
            let components = object["components"] as? [String: Any]
            let schemas = try #require(components?["schemas"] as? [String: Any])
            let text = String(decoding: response.body, as: UTF8.self)
            for match in text.matches(of: /#\/components\/schemas\/([A-Za-z]+)/) {
                #expect(schemas[String(match.1)] != nil)
            }
        }
    }

    @Test func `runs come page after page, newest first, and each once`() async throws {
        try await withSite { (site: TestSite) async throws in
            let ids = (1...5).map { "01KD3V" + String(repeating: "0", count: 18) + "\($0)A" }
            let answer = try await site.store.acquire("contoso", by: .current(run: ids[0]), for: .seconds(60))
            guard case .granted(let lease) = answer else { throw CancellationError() }
            for id in ids {
                let revision = String(repeating: "a", count: 40)
                let run = RunRecord(id: id, tenant: "contoso", command: .apply, revision: revision, startedAt: .start)
                try await site.store.commit(StateChange(run: run), under: lease)
            }
            var pages: [[String]] = []
            for _ in 0..<3 {
                let before = pages.last?.last.map { "&before=\($0)" } ?? ""
                let response = try await site.send(.get, "/api/v1/runs?limit=2\(before)")
                let page = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
                let runs = page?["runs"] as? [[String: Any]] ?? []
                pages.append(runs.compactMap { $0["run"] as? String })
                #expect(page?["hasMore"] as? Bool == (pages.count < 3))
            }
            #expect(pages.flatMap { $0 } == Array(ids.reversed()))
        }
    }

    @Test func `events are a stream that goes on from the last one that was seen`() async throws {
        try await withSite { (site: TestSite) async throws in
            var change = ControllerChange()
            change.events = [.fixture("01"), .fixture("02")]
            try await site.store.commit(change)
            let reading = Task {
                try await site.send(
                    .get,
                    "/api/v1/events",
                    headers: [("Accept", "text/event-stream"), ("Last-Event-ID", "01")]
                )
            }
            // The stream asks for signals before it looks, so that this one cannot be missed.
            while site.model.signals.withLock({ $0.isEmpty }) { await Task.yield() }
            change.events = [.fixture("03")]
            try await site.store.commit(change)
            for signal in site.model.signals.withLock({ $0 }) {
                signal.yield()
                signal.finish()
            }
            let text = String(decoding: try await reading.value.body, as: UTF8.self)
            #expect(!text.contains("id: 01\n"))
            #expect(text.contains("id: 02\nevent: drifted.raised\ndata: {"))
            #expect(text.contains("id: 03\n"))
        }
    }
}
