import Configuration
import GitRepositories
import Testing

/// What the configuration takes as the `url` of a source is what can be fetched.
@Suite struct SourceURLTests {
    @Test(arguments: [
        ("https://git.example/x.git", true), ("HTTPS://git.example/x.git", true),
        ("https://git.example:99999/x.git", false), ("https:///x.git", false), ("https://me@git.example/x.git", false),
        ("http://git.example/x.git", false), ("http://127.0.0.1/x.git", false), ("http://localhost:3000/x.git", false),
        ("http://[::1]/x.git", false),
        ("ssh://git@git.example:2222/x.git", true), ("ssh://git:pw@git.example/x.git", false),
        ("ssh://-oProxyCommand=x/y", false),
        ("git.example:x.git", true), ("git@git.example:x.git", true), ("git:pw@git.example:x.git", false),
        ("git.example:me@x.git", false), ("git.example::x.git", false), (":x.git", false), ("git@:x.git", false),
        ("-oProxyCommand=x:y", false), ("[git.example:2222]:x.git", false), ("git@[::1]:x.git", false),
        ("file:///srv/x.git", true), ("git://git.example/x.git", false), ("ftp://git.example/x.git", false),
        ("git@git.example:x://y", true),
    ])
    func `a URL is taken by both or by neither`(url: String, isTaken: Bool) async {
        #expect(((try? RepositoryURL.form(of: url)) != nil) == isTaken)
        let mirror = GitMirror(folder: "/nonexistent/m", remote: GitRemote(url: url, branch: "main"))
        let error = await #expect(throws: GitError.self) {
            try await mirror.fetch(executable: "/nonexistent", arguments: [], deadline: .seconds(1))
        }
        #expect((error?.id != "git-url") == isTaken, "\(String(describing: error))")
    }
}
