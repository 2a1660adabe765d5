extension KeySection {
    static let tenants = [
        KeySection(
            path: "sources[].tenantSets[]",
            called: "a tenant",
            keys: [
                Key("names", "list", "the tenants: names, or mappings with what only that tenant says; this or `file`"),
                Key(
                    "file",
                    "path",
                    "a table (CSV) with a column `name` and one for each key that varies, such as `tenantId` or `values.domain`; "
                        + "every other key of a tenant may stand next to it"
                ),
            ]
        ),
        KeySection(
            path: "sources[].tenants[]",
            called: "a tenant",
            keys: [
                Key("name", "name", "what it is called on the command line; required"),
                Key("path", "folder", "its folder in the repository; `.` is the top; required"),
                Key("tenantId", "GUID", "the directory (tenant) id; required"),
                Key("organization", "domain", "the initial domain, such as contoso.onmicrosoft.com; required"),
                Key("cloud", "`worldwide`, `gcc-high`, `dod`, `china`", "worldwide", "Microsoft's cloud"),
                Key("labels", "mapping", "words by which `--label key=value` selects it"),
                Key("templates", "list of names", "templates of the repository of which it has an instance each"),
                Key("values", "mapping", "what the parameters of these templates are"),
                Key("credentials", "mapping", "how we sign in; required"),
                Key("endpoints", "mapping", "other servers, for a simulator or a private cloud"),
                Key("readTimeout", "duration", "1m30s", "how long reading the tenant may take"),
                Key("interval", "duration", "5m", "how often the controller looks at the tenant"),
                Key(
                    "changes",
                    "`apply`, `propose`",
                    "apply",
                    "whether a commit is applied by itself or waits for a person"
                ),
                Key("drift", "`report`, `propose`, `correct`", "report", "what is done about a change by hand"),
                Key("correctAfter", "duration", "15m", "how long a change by hand stands before it is put back"),
                Key("prune", "`orphan`, `delete`", "orphan", "what becomes of a connector whose definition goes"),
                Key("limits", "mapping", "how much one run may do"),
                Key("freezes", "list", "times in which nothing is written"),
                Key(
                    "validate",
                    "`none`, `after-apply`",
                    "none",
                    "whether Exchange sends test mail through a changed connector"
                ),
                Key(
                    "bake",
                    "duration",
                    "0s",
                    "how long a change is watched; then its fields must be as written, and the gate is asked again"
                ),
                Key("watch", "mapping", "what is done with mail after a change"),
                Key(
                    "audit",
                    "`search`, `feed`",
                    "search",
                    "where it is looked up who changed a connector by hand; `feed` asks the Management Activity API as well"
                ),
            ]
        ),
        KeySection(
            path: "sources[].tenants[].credentials.certificate",
            called: "certificate",
            keys: [Key("certificate", "secret", "in PEM; required"), Key("privateKey", "secret", "in PEM; required")]
        ),
        KeySection(
            path: "sources[].tenants[].endpoints",
            called: "endpoints",
            keys: [
                Key("login", "https", "instead of Microsoft's"), Key("exchange", "https", "instead of Microsoft's"),
                Key("graph", "https", "instead of Microsoft's"), Key("activity", "https", "instead of Microsoft's"),
                Key("caFile", "path", "roots for them"),
            ]
        ),
        KeySection(
            path: "sources[].tenants[].limits",
            called: "limits",
            keys: [
                Key("changes", "number", "20", "a run that would change more is held"),
                Key("deletes", "number", "2", "a run that would delete more is held"),
            ]
        ),
        KeySection(
            path: "sources[].tenants[].freezes[]",
            called: "a freeze",
            keys: [
                Key("cron", "crontab(5)", "when it begins; required"),
                Key("duration", "duration", "how long it lasts; required"),
                Key("timeZone", "tz name", "UTC", "whose clock `cron` means"),
            ]
        ),
        KeySection(
            path: "sources[].tenants[].watch",
            called: "watch",
            keys: [
                Key("mail", "`off`, `trace`", "off", "whether the message trace is read after a change"),
                Key("for", "duration", "24h", "how long"),
                Key("settle", "duration", "30m", "how long before mail is judged"),
                Key(
                    "onRegression",
                    "`hold`, `roll-back`, `roll-back-even-if-weaker`",
                    "hold",
                    "what a bad end does; without `watch` a failed validation or bake rolls back"
                ),
            ]
        ),
    ]

    static let gates = [
        KeySection(
            path: "gate",
            called: "gate",
            keys: [
                Key("resolver", "`system`, address or list", "system", "DNS servers, as `192.0.2.53@53`"),
                Key("trustAnchors", "`system` or path", "system", "roots, instead of the system's"),
                Key("dnssecAnchors", "`system` or path", "system", "DNSSEC's roots"),
                Key("port", "number", "25", "the port of partners' servers"),
                Key("ehloName", "host name", "the machine's name", "what we call ourselves"),
                Key("timeout", "duration", "30s", "for each step of a dialogue"),
                Key("concurrency", "number", "64", "servers asked at once"),
                Key(
                    "networks",
                    "`public`, `any`",
                    "public",
                    "whether a definition may have us ask addresses inside your networks"
                ),
                Key("maxEvidenceAge", "duration", "15m", "how old an observation may be at apply"),
                Key(
                    "degraded",
                    "`warn`, `approve`, `block`",
                    "approve",
                    "some of a partner's servers would take the mail, others not"
                ),
                Key("unknown", "`warn`, `approve`, `hold`, `block`", "hold", "a partner that could not be judged"),
                Key("severities", "list", "weighs a check differently for named connectors"),
                Key("trustedRoots", "list of SHA-256", "roots in addition to the system's"),
                Key("probeDomains", "mapping of lists", "domains that stand for a wildcard, which cannot be asked"),
                Key("expiry", "mapping", "when a certificate's end is near"),
                Key("maximumNextHops", "number", "1000", "servers' names that a run for one tenant may ask"),
                Key("minimumRSABits", "number", "2048", "shorter keys are weak"),
                Key("checkRevocation", "flag", "true", "whether revocation lists are fetched"),
            ]
        ),
        KeySection(
            path: "gate.severities[]",
            called: "a severity",
            keys: [
                Key("check", "id", "required"), Key("outcome", "`warn`, `fail`", "required"),
                Key("connectors", "list of names", "required"), Key("reason", "text", "required"),
                Key("until", "date", "required"),
            ]
        ),
        KeySection(
            path: "gate.expiry",
            called: "expiry",
            keys: [
                Key("soon", "mapping", "a warning"), Key("urgent", "mapping", "a warning that a person is shown first"),
            ]
        ),
        KeySection(
            path: "gate.expiry.soon",
            called: "soon",
            keys: [
                Key("share", "number from 0 to 1", "0.2", "of the certificate's lifetime"),
                Key("minimum", "duration", "7d", "at least"), Key("maximum", "duration", "30d", "at most"),
            ]
        ),
        KeySection(
            path: "gate.expiry.urgent",
            called: "urgent",
            keys: [
                Key("share", "number from 0 to 1", "0.07", "of the certificate's lifetime"),
                Key("minimum", "duration", "3d", "at least"), Key("maximum", "duration", "7d", "at most"),
            ]
        ),
    ]

    static let servers = [
        KeySection(
            path: "store",
            called: "store",
            keys: [
                Key("url", "`sqlite:PATH`", "sqlite:mitregate.db", "where it is; back it up together with its `-wal`"),
                Key("keep", "duration", "400d", "how long runs stay in the history"),
            ]
        ),
        KeySection(
            path: "server",
            called: "server",
            keys: [
                Key(
                    "listen",
                    "address with port",
                    "127.0.0.1:8080",
                    "beyond this machine it needs `tls` or `behindProxy`"
                ),
                Key("publicURL", "https", "how people reach it"), Key("tls", "mapping", "its certificate"),
                Key("behindProxy", "flag", "false", "a proxy ends TLS"), Key("tokens", "list", "who may do what"),
                Key("metrics", "`token`, `open`", "token", "whether `/metrics` asks for a token"),
            ]
        ),
        KeySection(
            path: "server.tls",
            called: "tls",
            keys: [Key("certificate", "path", "in PEM; required"), Key("privateKey", "path", "in PEM; required")]
        ),
        KeySection(
            path: "server.tokens[]",
            called: "a token",
            keys: [
                Key("name", "name", "who is told in the history; required"), Key("token", "secret", "required"),
                Key("may", "list of `read`, `operate`, `approve`", "required"),
            ]
        ),
        KeySection(
            path: "controller",
            called: "controller",
            keys: [Key("name", "name", "mitregate", "in comments and events")]
        ),
    ]

    static let notices = [
        KeySection(
            path: "notices[]",
            called: "a notice",
            keys: [
                Key("name", "name", "required"), Key("webhook", "mapping", "CloudEvents, signed"),
                Key("slack", "mapping", "Slack"),
                Key("teams", "mapping", "Teams"), Key("events", "list of conditions", "all", "only these"),
                Key("tenants", "list of tenants", "all", "only these"),
            ]
        ),
        KeySection(path: "notices[].slack", called: "slack", keys: [Key("url", "https, or a secret", "required")]),
        KeySection(path: "notices[].teams", called: "teams", keys: [Key("url", "https, or a secret", "required")]),
    ]
}
