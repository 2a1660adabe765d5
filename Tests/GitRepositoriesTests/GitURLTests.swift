import GitRepositories
import Testing

@Suite struct GitURLTests {
    @Test(arguments: [
        ("", "it is empty or holds control characters"),
        ("https://git.example/a\nb", "it is empty or holds control characters"),
        ("http://git.example/x.git", "http is not encrypted or not known"),
        ("http://127.0.0.1:8080/x.git", "http is not encrypted or not known"),
        ("git://git.example/x.git", "git is not encrypted or not known"),
        ("ext::sh -c true", "it is not user@host:path"),
        ("https://robot:s3cret@git.example/x.git", "it holds a password, which would end up in logs"),
        ("https://s3cret@git.example/x.git", "it holds a user or a token, which would end up in logs"),
        ("ssh://git:s3cret@git.example/x.git", "it holds a password, which would end up in logs"),
        ("git:s3cret@git.example:x.git", "it is not user@host:path"),
        (":x.git", "it is not user@host:path"), ("[git.example:2222]:x.git", "it is not user@host:path"),
        ("-oProxyCommand=x:y", "it is not user@host:path"),
        ("https:///x.git", "it names no host, or no valid port"),
        ("ssh://-oProxyCommand=x/y", "it names no host, or no valid port"),
        ("https://git.example:99999/x.git", "it names no host, or no valid port"),
    ])
    func `a URL that cannot be used is refused before anything runs, without its secret`(
        url: String,
        reason: String
    ) async {
        let mirror = GitMirror(folder: "/nonexistent/m", remote: GitRemote(url: url, branch: "main"))
        let error = await #expect(throws: GitError.self) {
            try await mirror.fetch(executable: "/nonexistent", arguments: [], deadline: .seconds(1))
        }
        guard case .invalidURL(let shown, let found)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found == reason)
        #expect(!shown.contains("s3cret"))
    }
}
