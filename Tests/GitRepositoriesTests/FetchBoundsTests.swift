import GitServers
import Foundation
import GitRepositories
import TestSupport
import Testing

/// What a server may cost: SEC-4.
@Suite(.timeLimit(.minutes(5))) struct FetchBoundsTests {
    /// Refs of a thousand bytes each, as git's protocol has them, without end.
    private static let endlessRefs = """
        #!/bin/sh
        exec awk 'BEGIN { for (n = 1; ; n++) printf "03e8%s refs/heads/%0943d\\n", \
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", n }'

        """

    @Test(.enabled(if: !FetchChild.isSanitized, "the sanitizer's own memory would count"))
    func `rule 13: a list of refs without end costs at most 256 MiB, says so, and leaves the mirror as it was`()
        async throws
    {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.appending(path: "source").path)
            let tip = try await source.commit(["a.yaml": "1"])
            let path = folder.appending(path: "m").path
            _ = try await GitMirror(folder: path, remote: GitRemote(url: source.path, branch: "main")).fetch()

            let script = folder.appending(path: "refs.sh").path
            try Data(Self.endlessRefs.utf8).write(to: URL(filePath: script))
            try await withSSHServer(running: "/bin/sh \(script)", in: folder) { server in
                let remote = GitRemote(
                    url: server.url(source.path),
                    branch: "main",
                    credentials: .sshKey(privateKey: server.userKey()),
                    knownHosts: try server.trusted()
                )
                let mirror = GitMirror(folder: path, remote: remote)
                let peak = folder.appending(path: "peak").path
                let error = await #expect(throws: GitError.self) {
                    try await mirror.fetch(
                        executable: FetchChild.executable,
                        arguments: FetchChild.arguments("export \(FetchChild.peakVariable)='\(peak)'"),
                        deadline: .seconds(120)
                    )
                }
                #expect(error == .remoteTooLarge(url: Self.shown(server, source), limit: "fits into 96 MiB of memory"))
                #expect(try FetchChild.peak(in: peak) <= 256)
                #expect(try await mirror.snapshot().id == tip)
            }
        }
    }

    /// A source's URL without its user.
    private static func shown(_ server: SSHServer, _ source: TestRepository) -> String {
        "ssh://127.0.0.1:\(server.port)\(source.path)"
    }

    struct Limited: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var bytes = FetchLimits().bytes
        var objects = FetchLimits().objects
        let limit: String
    }

    @Test(arguments: [
        Limited(testDescription: "bytes", bytes: 100_000, limit: "100000 bytes"),
        Limited(testDescription: "objects", objects: 2, limit: "2 objects"),
    ])
    func `a pack beyond a limit is not fetched to its end`(_ example: Limited) async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.appending(path: "source").path)
            let noise = (0..<200_000).map { _ in UInt8.random(in: 32...126) }
            try await source.commit(["a.bin": String(decoding: noise, as: UTF8.self)])
            try await withSSHServer(in: folder) { server in
                let remote = GitRemote(
                    url: server.url(source.path),
                    branch: "main",
                    credentials: .sshKey(privateKey: server.userKey()),
                    knownHosts: try server.trusted()
                )
                var mirror = GitMirror(folder: folder.appending(path: "m").path, remote: remote)
                mirror.limits.bytes = example.bytes
                mirror.limits.objects = example.objects
                await #expect(throws: GitError.remoteTooLarge(url: Self.shown(server, source), limit: example.limit)) {
                    try await mirror.fetch()
                }
            }
        }
    }

    @Test func `rule 13: the head of a request, which anyone may open, may cost less than the tracked branch`() {
        let remote = GitRemote(url: "/x", branch: "main")
        let limits = RequestMirror(folder: "/nonexistent/m", remote: remote, base: "/x").limits
        #expect(limits.bytes == 64 << 20 && limits.objects == 200_000)
        #expect(limits.bytes < FetchLimits().bytes && limits.objects < FetchLimits().objects)
    }

    @Test func `a process that aborts because it gets no memory is told as such`() async throws {
        _ = brokenPipes
        let mirror = GitMirror(folder: "/nonexistent/m", remote: GitRemote(url: "/x", branch: "main"))
        await #expect(throws: GitError.remoteTooLarge(url: "/x", limit: "fits into 96 MiB of memory")) {
            try await mirror.fetch(executable: "/bin/sh", arguments: ["-c", "exit 71"], deadline: .seconds(120))
        }
    }
}
