import Connectors
import YAML

extension Section {
    func server() -> ServerSettings {
        var server = ServerSettings()
        let listen = text("listen")
        if let (text, origin) = listen {
            if let (host, port) = WebAddress.hostAndPort(text[...]), let port {
                server.host = host
                server.port = port
            } else {
                context.add(
                    "config-listen",
                    at: origin,
                    "listen is not an address with a port: \(text.quoted).",
                    remedy: "Write it as 127.0.0.1:8080 or [::1]:8080."
                )
            }
        }
        server.publicURL = publicURL()
        server.tls = tls()
        server.isBehindProxy = boolean("behindProxy", false)
        server.tokens = tokens()
        server.areMetricsOpen = word("metrics", MetricsAccess.token) == .open
        finish(in: "server")
        if !server.isLoopback, server.tls == nil, !server.isBehindProxy {
            context.add(
                "config-listen",
                at: listen?.origin ?? origin,
                "listen reaches beyond this machine (\(server.host)), and tokens would travel in the clear.",
                remedy:
                    "Add server.tls with certificate and privateKey, or server.behindProxy: true where a proxy ends "
                    + "TLS, or listen on 127.0.0.1."
            )
        }
        return server
    }

    private enum MetricsAccess: String, CaseIterable { case token, open }

    private func publicURL() -> String? {
        guard let (text, origin) = text("publicURL") else { return nil }
        guard let address = WebAddress(text), ["https", "http"].contains(address.scheme), address.userInfo == nil,
            !address.path.contains("?"), !address.path.contains("#")
        else {
            context.add(
                "config-public-url",
                at: origin,
                "publicURL is not a web address: \(text.quoted).",
                remedy: "Write it as people reach it, as in publicURL: https://mitregate.contoso.com."
            )
            return nil
        }
        var trimmed = text
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        return trimmed
    }

    private func tls() -> ServerSettings.TLSFiles? {
        guard let section = optionalSection("tls") else { return nil }
        let certificate = section.file("certificate")
        let key = section.file("privateKey")
        for name in ["certificate", "privateKey"] where !section.has(name) {
            section.missing(name, in: "tls", remedy: "Write \(name): {file: PATH}, a file in PEM form.")
        }
        section.finish(in: "tls")
        guard let certificate, let key else { return nil }
        return ServerSettings.TLSFiles(certificate: certificate, privateKey: key)
    }

    private func tokens() -> [APIToken] {
        var names: Set<String> = []
        return sections("tokens").compactMap { section in
            let name = section.name("a token")
            let secret = section.secret("token")
            if !section.has("token") {
                section.missing("token", in: "the token", remedy: "Write token: {file: PATH} or token: {env: NAME}.")
            }
            let rights = section.words("may", APIToken.Right.self)
            if rights.isEmpty, !section.has("may") {
                section.missing("may", in: "the token", remedy: "Say what it may do, as in may: [read, operate].")
            }
            section.finish(in: "a token")
            guard let name, let secret else { return nil }
            if !names.insert(name).inserted {
                context.add(
                    "config-duplicate-token",
                    at: section.place(of: "name"),
                    "two tokens are named \(name.quoted), and the history could not tell who did what.",
                    remedy: "Rename one of them."
                )
            }
            return APIToken(name: name, token: secret, rights: Set(rights))
        }
    }

    /// A list of an enumeration's words, at least one.
    func words<Word: RawRepresentable & CaseIterable>(_ key: String, _: Word.Type) -> [Word]
    where Word.RawValue == String {
        texts(key, isRequired: true).compactMap { text, origin in
            if let word = Word(rawValue: text) { return word }
            let known = Word.allCases.map(\.rawValue)
            let question = Nearest.question(text, among: known).map { "\($0) " } ?? ""
            context.add(
                "config-unknown-word",
                at: origin,
                "\(key) cannot hold \(text.quoted).",
                remedy: "\(question)Known: \(known.joined(separator: ", "))."
            )
            return nil
        }
    }
}
