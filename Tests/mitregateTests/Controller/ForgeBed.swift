import ForgeSimulator
import Forges
import Foundation
import Laboratory
import Testing
import Transfers

/// A controller process whose source has a Gitea, which answers from a pretended repository over real commits.
struct ForgeBed: Sendable {
    static let secret = "hook-secret"

    let bed: ControllerBed
    let server: ForgeServer

    var repository: Repository { bed.laboratory.repository }

    /// - Parameter more: Further keys of the forge, each behind a comma.
    static func with(
        _ more: String = "",
        _ body: @escaping @Sendable (ForgeBed) async throws -> Void
    ) async throws {
        try await withProcess(more) { forge, _ in try await body(forge) }
    }

    /// The same, with the controller's process.
    static func withProcess(
        _ more: String = "",
        _ body: @escaping @Sendable (ForgeBed, Running) async throws -> Void
    ) async throws {
        try await ForgeServer.run(GiteaDialect(), description: try ForgeDescription.load("gitea"), repository: .live) {
            server in
            let forge =
                "forge: {kind: gitea, url: \"\(server.url)\", repository: contoso/mail-flow, "
                + "credentials: {token: {file: forge-token}}, webhook: {secret: {file: hook-secret}}\(more)}"
            try await ControllerBed.with(source: forge) { (bed: ControllerBed, running: Running) async throws in
                try await body(ForgeBed(bed: bed, server: server), running)
            }
            #expect(server.complaints == [])
        }
    }

    // MARK: On the forge

    /// Opens a request whose head changes the connector's comment; returns its number and its head.
    func open(_ branch: String, _ note: String) async throws -> (number: Int, head: String) {
        let number = (server.repository.requests.keys.max() ?? 0) + 1
        let head = try await commit(note, as: number)
        server.change { forge in
            forge.branches[branch] = head
            _ = forge.open(head: branch)
        }
        try await deliver("pull_request", number)
        return (number, head)
    }

    func push(_ note: String, to number: Int) async throws -> String {
        let head = try await commit(note, as: number)
        server.change { forge in
            let time = forge.tick()
            forge.commits.insert(head)
            forge.change(number, at: time) { $0.commit = head }
        }
        return head
    }

    /// Pushes and merges so fast that no look falls between.
    func smuggle(_ note: String, into number: Int) async throws {
        let head = try await commit(note, as: number)
        try await merge(number, head: head)
    }

    /// Squashes what was pushed last onto the branch.
    ///
    /// - Parameter head: What is pushed in the same moment.
    func merge(_ number: Int, head: String? = nil, isDelivered: Bool = true) async throws {
        try await repository.git("merge", "-q", "--squash", "request-\(number)")
        try await repository.git("commit", "-q", "-m", "Squash")
        let tip = try await repository.git("rev-parse", "main").trimmingCharacters(in: .whitespacesAndNewlines)
        server.change { forge in
            let time = forge.tick()
            forge.commits.formUnion([tip, head].compactMap(\.self))
            forge.branches["main"] = tip
            forge.change(number, at: time) { request in
                if let head { request.commit = head }
                request.isOpen = false
                request.mergedAs = tip
                request.mergedAt = time
            }
        }
        if isDelivered { try await deliver("pull_request", number) }
    }

    private func commit(_ note: String, as number: Int) async throws -> String {
        try await repository.git("checkout", "-q", "-B", "request-\(number)", "main")
        try repository.write(Self.definition(note), to: "tenants/contoso/fabrikam.yaml")
        let head = try await repository.commit("Request \(number): \(note)")
        try await repository.git("update-ref", "refs/pull/\(number)/head", head)
        try await repository.git("checkout", "-q", "main")
        return head
    }

    static func definition(_ note: String) -> String {
        Sample.inbound("fabrikam", "From Fabrikam", "192.0.2.1", more: "  comment: \"\(note)\"")
    }

    @discardableResult
    func deliver(
        _ event: String,
        _ number: Int,
        secret: String = secret,
        id: String = UUID().uuidString
    ) async throws
        -> Int
    {
        let text = #"{"number": \#(number), "repository": {"full_name": "contoso/mail-flow"}}"#
        let body = Array(text.utf8)
        let response = try await bed.pool.send(
            HTTPRequest(
                .post,
                "http://127.0.0.1:\(bed.port)\(HookSecret.secret(Self.secret).path(source: "mail-flow"))",
                headers: DeliverySender.gitea(secret: secret).headers(event: event, id: id, body: body),
                body: body,
                timeout: .seconds(20)
            )
        )
        return response.status
    }

    func statuses(of head: String) -> [String: String] {
        Dictionary((server.repository.statuses[head] ?? []).map { ($0.context, $0.state) }) { _, last in last }
    }

    func comments(on number: Int) -> [String] { server.repository.comments(on: number).map(\.text) }

    // MARK: In the controller

    /// Lets the plan through that waits.
    func release() async throws {
        try await bed.until("waiting") {
            let plans = try await bed.object("/api/v1/plans")["plans"] as? [[String: Any]]
            guard let plan = plans?.first, plan["isWaiting"] as? Bool == true else { return false }
            let digest = String((plan["changesDigest"] as? String ?? "").dropFirst(7).prefix(12))
            return try await bed.send(.post, "/api/v1/approvals", ["digest": digest, "reason": "seen"]).status == 201
        }
    }

    var written: Int { bed.laboratory.changes.count }
}
