import GitServers
import Foundation
import Glibc
import GitRepositories
import Testing

@Suite struct HTTPSFetchTests {
    @Test func `a token and a private CA lead to the repository`() async throws {
        try await withSource { folder, _, tip in
            try await withHTTPSServer(serving: folder) { server in
                let mirror = mirror(folder, server.url("source.git"), caFile: server.caFile)
                let outcome = try await mirror.fetch()
                #expect(outcome.commit == tip)
                #expect(outcome.receivedBytes > 0)
                let again = try await mirror.fetch()
                #expect(again.previous == again.commit)
            }
        }
    }

    struct Refused: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var path = "source.git"
        var credentials = GitCredentials.userPassword(user: HTTPSServer.user, password: HTTPSServer.password)
        var knowsCA = true
        let id: String
    }

    @Test(arguments: [
        Refused(
            testDescription: "a wrong password",
            credentials: .userPassword(user: "robot", password: "s3cret-value"),
            id: "git-authentication"
        ),
        Refused(testDescription: "no credentials", credentials: .none, id: "git-credentials-missing"),
        Refused(testDescription: "a CA that is not known", knowsCA: false, id: "git-certificate"),
        Refused(testDescription: "no such repository", path: "other.git", id: "git-repository-not-found"),
        Refused(testDescription: "another host's address", path: "moved/source.git", id: "git-remote"),
    ])
    func `what a server refuses is told apart, without a secret`(_ example: Refused) async throws {
        try await withSource { folder, _, _ in
            try await withHTTPSServer(serving: folder) { server in
                let mirror = mirror(
                    folder,
                    server.url(example.path),
                    caFile: example.knowsCA ? server.caFile : nil,
                    credentials: example.credentials
                )
                let error = await #expect(throws: GitError.self) { try await mirror.fetch() }
                #expect(error?.id == example.id, "\(String(describing: error))")
                #expect(error?.description.contains("s3cret-value") == false)
                #expect(error?.description.contains(HTTPSServer.password) == false)
            }
        }
    }

    @Test func `a mirror that lost its objects is fetched again, over https and from a path`() async throws {
        try await withSource { folder, source, tip in
            try await withHTTPSServer(serving: folder) { server in
                let mirrors = [
                    mirror(folder, server.url("source.git"), caFile: server.caFile),
                    GitMirror(folder: "\(folder.path)/local", remote: GitRemote(url: source.path, branch: "main")),
                ]
                for mirror in mirrors {
                    _ = try await mirror.fetch()
                    let packs = "\(mirror.folder)/objects/pack"
                    for name in try FileManager.default.contentsOfDirectory(atPath: packs) {
                        try FileManager.default.removeItem(atPath: "\(packs)/\(name)")
                    }
                    #expect(try await mirror.fetch().commit == tip)
                    #expect(try await mirror.snapshot().id == tip)
                }
            }
        }
    }

    @Test func `a repository that was renamed on its server is found`() async throws {
        try await withSource { folder, _, tip in
            try await withHTTPSServer(serving: folder) { server in
                let mirror = mirror(folder, server.url("renamed/source.git"), caFile: server.caFile)
                let outcome = try await mirror.fetch()
                #expect(outcome.commit == tip)
            }
        }
    }

    @Test func `a redirect to another port of the host is refused before that server sees the token`() async throws {
        try await withSource { folder, _, _ in
            try await withHTTPSServer(serving: folder) { server in
                let mirror = mirror(folder, server.url("elsewhere/source.git"), caFile: server.caFile)
                let error = await #expect(throws: GitError.self) { try await mirror.fetch() }
                #expect(error?.id == "git-remote", "\(String(describing: error))")
                #expect(error?.message.contains("another port") == true)
                #expect(FileManager.default.contents(atPath: server.otherLog) == Data())
            }
        }
    }

    @Test func `a connection that is cut during TLS is not called a bad certificate`() async throws {
        try await withFolder { folder in
            let listener = try Listener()
            defer { listener.end() }
            listener.serve { connection in
                var hello = [UInt8](repeating: 0, count: 4_096)
                _ = recv(connection, &hello, hello.count, 0)
                close(connection)
            }
            let url = "https://localhost:\(listener.port)/x.git"
            let mirror = GitMirror(
                folder: folder.appending(path: "m").path,
                remote: GitRemote(url: url, branch: "main")
            )
            let error = await #expect(throws: GitError.self) { try await mirror.fetch() }
            #expect(error?.id == "git-remote")
            #expect(error?.message.contains("cut during TLS") == true, "\(String(describing: error))")
        }
    }

    @Test func `a proxy's user and password are never told`() async throws {
        try await withFolder { folder in
            let mirror = GitMirror(
                folder: folder.appending(path: "m").path,
                remote: GitRemote(url: "https://localhost:1/x.git", branch: "main")
            )
            let proxy = "socks9://pr0xy-user:pr0xy/passw0rd@localhost:1"
            let error = await #expect(throws: GitError.self) {
                try await mirror.fetch(
                    executable: FetchChild.executable,
                    arguments: FetchChild.arguments("export https_proxy='\(proxy)'"),
                    deadline: .seconds(120)
                )
            }
            let text = try #require(error?.description)
            #expect(text.contains("socks9://…"), "it was used: \(text)")
            #expect(!text.contains("pr0xy") && !text.contains("passw0rd"))
        }
    }

    @Test func `a CA file that cannot be used is told`() async throws {
        try await withSource { folder, source, _ in
            for path in ["/nonexistent/ca.pem", "\(source.path)/tenants/contoso/a.yaml"] {
                let mirror = mirror(folder, "https://localhost:1/x.git", caFile: path)
                let error = await #expect(throws: GitError.self) { try await mirror.fetch() }
                #expect(error?.id == "git-ca-file", "\(String(describing: error))")
            }
        }
    }

    private func mirror(
        _ folder: URL,
        _ url: String,
        caFile: String?,
        credentials: GitCredentials = .userPassword(user: HTTPSServer.user, password: HTTPSServer.password)
    ) -> GitMirror {
        GitMirror(
            folder: folder.appending(path: "m").path,
            remote: GitRemote(url: url, branch: "main", credentials: credentials, caFile: caFile)
        )
    }
}
