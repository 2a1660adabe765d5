import Forges
import Testing
import Transfers

/// Settings that cannot be right are refused before a token goes anywhere.
@Suite struct SettingsTests {
    private func error(
        _ kind: ForgeSettings.Kind = .github,
        url: String = "https://api.github.com",
        repository: String = "contoso/mail-flow",
        credentials: ForgeSettings.Credentials = .token { "good-token" }
    ) throws -> ForgeError? {
        let pool = try TransferPool()
        let settings = ForgeSettings(kind: kind, url: url, repository: repository, credentials: credentials)
        do {
            _ = try settings.forge(pool: pool)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "", "git.example", "http://git.example/api/v1", "ftp://git.example", "https://", "https:///api",
        "https://user@git.example/api/v1", "https://user:secret@git.example", "https://git.example/api?x=1",
        "https://git.example/api#x", "https://git.example/api/../v1", "https://git.example:x",
        "https://git.example/a b", "https://git.exämple", "https://git.example\\@evil.example",
    ])
    func `an address that no token may go to is refused`(url: String) throws {
        let error = try #require(try error(url: url))
        #expect(error.reason == .invalid)
        #expect(error.message.contains("forge.url"))
    }

    @Test(arguments: [
        "https://git.example/api/v3", "https://git.example/api/v3/", "https://GIT.example:8443",
        "http://127.0.0.1:3000",
        "http://localhost:3000/api/v1", "http://[::1]:3000/api/v1",
    ])
    func `https anywhere and http on this machine are taken`(url: String) throws {
        #expect(try error(url: url) == nil)
    }

    @Test(arguments: ["", "contoso", "contoso/", "/mail-flow", "a/b/c", "contoso/..", "./mail-flow"])
    func `what is no repository's name is refused`(repository: String) throws {
        let error = try #require(try error(repository: repository))
        #expect(error.reason == .invalid)
        #expect(error.message.contains("forge.repository"))
    }

    @Test func `an App is GitHub's alone`() throws {
        let app = ForgeSettings.Credentials.app(id: "1", installation: 2, privateKey: { "" })
        #expect(try error(.gitea, credentials: app)?.reason == .invalid)
        #expect(try error(.github, credentials: app) == nil)
    }
}
