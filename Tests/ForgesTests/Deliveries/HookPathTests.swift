import Forges
import Testing

@Suite struct HookPathTests {
    // printf '%s' 'It is a secret/mail-flow' | sha256sum
    @Test func `the path is the digest of the secret and the source's name`() {
        let path = "/hook/9e4b8b72915b2db7e68ba17ebf1a7c2412a1d72dee2b3e4a40b8b4b31e2a2994"
        #expect(HookSecret.secret("It is a secret").path(source: "mail-flow") == path)
        #expect(HookSecret.user("mitregate", password: "It is a secret").path(source: "mail-flow") == path)
    }

    @Test func `another source has another path`() {
        #expect(HookSecret.secret("s").path(source: "a") != HookSecret.secret("s").path(source: "b"))
        #expect(HookSecret.secret("s").path(source: "a") != HookSecret.secret("t").path(source: "a"))
    }
}
