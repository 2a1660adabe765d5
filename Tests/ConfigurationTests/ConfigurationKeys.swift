/// A mapping of the configuration, as docs/configuration.md describes it.
struct KeySection {
    struct Key {
        let name: String
        let type: String
        /// As it is written; `nil` where there is none, and the key may or must be given.
        let fallback: String?
        let meaning: String

        init(_ name: String, _ type: String, _ fallback: String, _ meaning: String) {
            (self.name, self.type, self.fallback, self.meaning) = (name, type, fallback, meaning)
        }

        init(_ name: String, _ type: String, _ meaning: String) {
            (self.name, self.type, self.fallback, self.meaning) = (name, type, nil, meaning)
        }
    }

    /// Where it stands, such as `sources[].tenants[]`.
    let path: String
    /// What an error calls it, as in "a tenant has no key".
    let called: String
    let keys: [Key]
}

extension KeySection {
    /// Every mapping of the file with every key that the reader asks it for.
    static let all: [KeySection] =
        [root, defaults, source, sourceCredentials] + belowSource + [forge] + belowForge + tenants + gates + servers
        + notices

    private static let root = KeySection(
        path: "the top",
        called: "the configuration",
        keys: [
            Key("apiVersion", "word", "`mitregate.dev/v1`; required"),
            Key("kind", "word", "`Configuration`; required"),
            Key("defaults", "mapping", "what sources and tenants say that do not say otherwise"),
            Key("sources", "list", "the repositories, with the tenants that each describes; required"),
            Key("gate", "mapping", "how partners' mail servers are asked and judged"),
            Key("store", "mapping", "where what was done is kept"),
            Key(
                "mirrors",
                "path",
                "the store's file with `-mirrors`",
                "the folder of fetched repositories, which may be deleted"
            ),
            Key("server", "mapping", "the controller's API and metrics"),
            Key("notices", "list", "where the controller's events are sent"),
            Key("controller", "mapping", "the controller itself"),
        ]
    )

    private static let defaults = KeySection(
        path: "defaults",
        called: "defaults",
        keys: [
            Key("source", "mapping", "any key of a source but `name`, `url`, `tenants` and `tenantSets`"),
            Key("tenant", "mapping", "any key of a tenant but `name` and `tenantId`; a list is taken whole"),
        ]
    )

    private static let source = KeySection(
        path: "sources[]",
        called: "a source",
        keys: [
            Key("name", "name", "what it is called on the command line; required"),
            Key("url", "path, https or ssh", "where the repository is; required"),
            Key("branch", "name", "main", "the branch that is applied"),
            Key("interval", "duration", "1m", "how often the controller looks at git"),
            Key("credentials", "mapping", "how the repository is fetched"),
            Key("knownHosts", "path", "host keys for ssh"),
            Key("caFile", "path", "roots for https, instead of the system's"),
            Key("verify", "mapping", "which signatures a commit must have"),
            Key("rollout", "mapping", "which tenants get a commit first"),
            Key("forge", "mapping", "the forge on which requests are reviewed"),
            Key("tenants", "list", "the tenants that it describes; required without `tenantSets`"),
            Key("tenantSets", "list", "tenants that have most of what they say in common"),
        ]
    )

    private static let sourceCredentials = KeySection(
        path: "sources[].credentials, sources[].tenants[].credentials, sources[].forge.credentials",
        called: "credentials",
        keys: [
            Key("token", "secret", "source and forge: a token that may read (a forge's: that may comment)"),
            Key("user", "text", "source: the user of a password"),
            Key("password", "secret", "source: for https"),
            Key("privateKey", "path", "source: for ssh; ed25519 or ECDSA"),
            Key("passphrase", "secret", "source: of the private key"),
            Key("clientId", "GUID", "tenant: the application (client) id"),
            Key("certificate", "mapping", "tenant: `certificate` and `privateKey`, in PEM"),
            Key("clientSecret", "secret", "tenant: instead of a certificate"),
            Key("federatedToken", "secret", "tenant: a file that is renewed while we run"),
            Key("managedIdentity", "mapping", "tenant: `{}`; `clientId` chooses one of several"),
            Key("app", "mapping", "forge: a GitHub App"),
            Key("entra", "mapping", "forge: an Entra application, for Azure DevOps"),
        ]
    )

    private static let belowSource = [
        KeySection(
            path: "sources[].verify",
            called: "verify",
            keys: [
                Key(
                    "mode",
                    "`head`, `all`",
                    "head",
                    "the tip must be signed, or every commit since the one applied last"
                ),
                Key(
                    "allowedSigners",
                    "path",
                    "the signers, as for ssh-keygen, or OpenPGP keys; required. "
                        + "An expired key stays good for a commit with an older date: to end it, take it out"
                ),
            ]
        ),
        KeySection(
            path: "sources[].rollout",
            called: "rollout",
            keys: [
                Key("canaries", "list of tenants", "who gets a commit first"),
                Key("wait", "duration", "0s", "how long the others wait after that"),
                Key("stopAfter", "number", "1", "how many failed tenants hold the commit for all others"),
            ]
        ),
    ]

    private static let forge = KeySection(
        path: "sources[].forge",
        called: "forge",
        keys: [
            Key("kind", "`github`, `gitlab`, `gitea`, `forgejo`, `azure-devops`", "required"),
            Key("url", "https", "the base of its API; required"),
            Key("repository", "path on the forge", "such as `contoso/mail-flow`; required"),
            Key("credentials", "mapping", "how we sign in; required"),
            Key("webhook", "mapping", "how its deliveries are secured; makes a look sooner"),
            Key("visibility", "`full`, `summary`", "how much a comment shows; a public repository gets a summary"),
            Key("review", "`required`, `optional`", "required", "whether only what a merged request showed is applied"),
            Key("approvals", "number", "0", "how many others than the author and the committers must approve"),
            Key(
                "apply",
                "`merge`, `comment`",
                "merge",
                "whether `mitregate apply` in a comment applies before the merge"
            ),
            Key(
                "drift",
                "`off`, `pull-request`",
                "off",
                "whether a request offers to take over what someone changed in a tenant"
            ),
            Key(
                "rollback",
                "`off`, `pull-request`",
                "whether a request takes back in git what was rolled back; as `drift`"
            ),
            Key(
                "unmanaged",
                "`off`, `pull-request`",
                "off",
                "whether a request offers definitions for unmanaged connectors"
            ),
            Key("identity", "mapping", "author and committer of our own commits"),
        ]
    )

    private static let belowForge = [
        KeySection(
            path: "sources[].forge.identity",
            called: "identity",
            keys: [
                Key("name", "text", "required"),
                Key("email", "text", "an address that the forge knows as ours, where it asks for that; required"),
                Key("signingKey", "secret", "an SSH private key without a passphrase that our commits are signed with"),
            ]
        ),
        KeySection(
            path: "sources[].forge.credentials.app",
            called: "app",
            keys: [
                Key("id", "text", "the app's id; required"),
                Key("installation", "number", "its installation; required"),
                Key("privateKey", "secret", "in PEM; required"),
            ]
        ),
        KeySection(
            path: "sources[].forge.credentials.entra",
            called: "entra",
            keys: [
                Key("tenantId", "GUID", "the directory; required"), Key("clientId", "GUID", "as for a tenant"),
                Key("certificate", "mapping", "as for a tenant"), Key("clientSecret", "secret", "as for a tenant"),
                Key("federatedToken", "secret", "as for a tenant"),
                Key("managedIdentity", "mapping", "as for a tenant"),
            ]
        ),
        KeySection(
            path: "sources[].forge.webhook, notices[].webhook",
            called: "webhook",
            keys: [
                Key("secret", "secret", "what deliveries are signed with"),
                Key("user", "text", "forge, Azure DevOps only: the name of its basic authentication"),
                Key("password", "secret", "forge, Azure DevOps only"),
                Key("url", "https, or a secret", "notice: where CloudEvents are posted; required"),
            ]
        ),
    ]
}
