import GitRepositories
import Testing

@Suite struct KnownHostsTests {
    private static let ours = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPHnZFNBzjRQ0vYyPyTzRqmQDHMCIhwzSWmGJfVX5Xd"
    private static let other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let line: String
        var host = "git.example"
        var port = 22
        let isTrusted: Bool
    }

    @Test(arguments: [
        Case(testDescription: "the name", line: "git.example \(ours)", isTrusted: true),
        Case(testDescription: "the name with a comment", line: "git.example \(ours) git@example", isTrusted: true),
        Case(testDescription: "one of several", line: "a.example,GIT.example \(ours)", isTrusted: true),
        Case(testDescription: "tabs", line: "git.example\t" + ours.replacing(" ", with: "\t"), isTrusted: true),
        Case(testDescription: "a star", line: "*.example \(ours)", isTrusted: true),
        Case(testDescription: "stars and a question mark", line: "g*t.*?mple \(ours)", isTrusted: true),
        Case(
            testDescription: "a star that backs up",
            line: "*.exa*ple \(ours)",
            host: "x.exa.example",
            isTrusted: true
        ),
        Case(testDescription: "a negation", line: "*.example,!git.example \(ours)", isTrusted: false),
        Case(testDescription: "another name", line: "git.example.org \(ours)", isTrusted: false),
        Case(testDescription: "a port that is not 22", line: "[git.example]:2222 \(ours)", port: 2222, isTrusted: true),
        Case(testDescription: "a name without its port", line: "git.example \(ours)", port: 2222, isTrusted: false),
        Case(testDescription: "a comment", line: "# git.example \(ours)", isTrusted: false),
        Case(testDescription: "a certificate's authority", line: "@cert-authority *.example \(ours)", isTrusted: false),
        Case(
            testDescription: "a key of another type than it says",
            line: "git.example ssh-rsa " + ours.dropFirst(12),
            isTrusted: false
        ),
        Case(testDescription: "half a line", line: "git.example ssh-ed25519", isTrusted: false),
        Case(testDescription: "no base 64", line: "git.example ssh-ed25519 !!!!", isTrusted: false),
    ])
    func `a line counts as OpenSSH reads it`(_ example: Case) throws {
        let key = try #require(HostKey(base64: String(Self.ours.dropFirst(12))))
        let verdict = KnownHosts(example.line).judge(key, of: example.host, port: example.port)
        #expect(verdict == (example.isTrusted ? .trusted : .unknown))
    }

    /// Made by `ssh-keygen -H` for the name `git.example`.
    @Test func `a hashed name counts`() throws {
        let key = try #require(HostKey(base64: String(Self.ours.dropFirst(12))))
        let hosts = KnownHosts("|1|PMF6l73iE0Lrrlw4vAVSAXCON0I=|+J7Zu6DZ7YPHWfTrle/Rc1llc4A= \(Self.ours)")
        #expect(hosts.judge(key, of: "git.example", port: 22) == .trusted)
        #expect(hosts.judge(key, of: "git2.example", port: 22) == .unknown)
    }

    @Test func `one good line among others trusts, a revoked key never does`() throws {
        let key = try #require(HostKey(base64: String(Self.ours.dropFirst(12))))
        let stranger = try #require(HostKey(base64: String(Self.other.dropFirst(12))))
        let hosts = KnownHosts("git.example \(Self.other)\ngit.example \(Self.ours)\n")
        #expect(hosts.judge(key, of: "git.example", port: 22) == .trusted)
        let changed = KnownHosts("git.example \(Self.other)\n").judge(key, of: "git.example", port: 22)
        #expect(changed == .changed(known: [stranger]))
        let revoked = KnownHosts("git.example \(Self.ours)\n@revoked * \(Self.ours)\n")
        #expect(revoked.judge(key, of: "git.example", port: 22) == .revoked)
    }
}
