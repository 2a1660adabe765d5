import Configuration
import Connectors
import Definitions
import ExchangeOnline
import ForgeSimulator
import Forges
import Foundation
import GitRepositories
import JSON
import Probing
import PullRequests
import Reports
import TLSGate

/// A parser of what strangers send, as one function from bytes: it may refuse them, and must come back.
package struct FuzzTarget: Sendable, CustomStringConvertible {
    /// Also the name of its folder in the corpus.
    package let name: String
    package let run: @Sendable ([UInt8]) -> Void

    package var description: String { name }

    package static let all: [FuzzTarget] = [
        FuzzTarget(name: "definitions") { bytes in
            let file = DefinitionFile(path: "a.yaml", bytes: bytes)
            _ = DiagnosticReport(DefinitionReader.read([file], now: Date(timeIntervalSince1970: 1_795_608_000)))
                .render(.text)
        },
        FuzzTarget(name: "templates", run: expand),
        FuzzTarget(name: "configuration") { bytes in
            _ = try? ConfigurationReader.read(bytes, file: "mitregate.yaml", folder: "/", contents: { _ in nil })
        },
        FuzzTarget(name: "table") { bytes in
            _ = try? ConfigurationReader.read(
                Array(setOfTenants.utf8),
                file: "a",
                folder: "/",
                contents: { _ in bytes }
            )
        },
        FuzzTarget(name: "json") { _ = JSONParser.isReadable($0) },
        FuzzTarget(name: "smtp", run: converse),
        FuzzTarget(name: "dns") { bytes in
            guard let message = DNSMessage(bytes) else { return }
            for type in DNSRecordType.allCases {
                _ = message.answers(to: DNSQuestion("example.com", type))
            }
        },
        FuzzTarget(name: "der") { bytes in
            guard let certificate = Certificate(der: bytes) else { return }
            _ = certificate.names(issuer: certificate)
            _ = certificate.isSigned(by: certificate)
        },
        FuzzTarget(name: "pem") { _ = try? PEM.certificates(in: $0) },
        FuzzTarget(name: "plan") { _ = try? PlanDocument.read($0, file: "plan.json") },
        FuzzTarget(name: "known-hosts") { bytes in
            let hosts = KnownHosts(String(decoding: bytes, as: UTF8.self))
            guard let key = HostKey(base64: ed25519) else { return }
            for (host, port) in [("git.example", 22), ("a.forge.example", 22), ("git.example", 2_222)] {
                _ = hosts.judge(key, of: host, port: port)
            }
        },
        FuzzTarget(name: "armour") { _ = OpenPGPArmour.decode(String(decoding: $0, as: UTF8.self)) },
        FuzzTarget(name: "delivery", run: deliver),
        FuzzTarget(name: "forge-answer", run: readAnswer),
        FuzzTarget(name: "link") { bytes in
            let values = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
            _ = LinkHeader.next(in: values)
        },
        FuzzTarget(name: "comment-command") { bytes in
            guard let command = CommentCommand(String(decoding: bytes, as: UTF8.self)) else { return }
            if case .unknown(let line) = command {
                precondition(line.unicodeScalars.count <= 200, "a stranger's line is kept at any length")
            }
        },
        FuzzTarget(name: "policy") { _ = try? MTASTSPolicy($0) },
    ]

    private static let ed25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"

    /// The valid inputs that mutations start from, by file name.
    package func corpus() throws -> [[UInt8]] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus/\(name)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).sorted()
        return try names.map { Array(try Data(contentsOf: folder.appending(path: $0))) }
    }

    private static let setOfTenants = """
        apiVersion: mitregate.dev/v1
        kind: Configuration
        sources:
          - name: a
            url: /a
            tenantSets: [{file: a.csv, path: a, credentials: {managedIdentity: {}}, templates: [a]}]
        """

    /// A template of the bytes, and an instance of it in the tenant's folder, which may stand in the same bytes.
    private static func expand(_ bytes: [UInt8]) {
        let parsed = DefinitionReader.parse(DefinitionFile(path: "partner.yaml", bytes: bytes))
        let library = TemplateLibrary(below: "a", files: ["partner": parsed], names: ["partner"])
        let instance = """
            apiVersion: mitregate.dev/v1
            kind: TemplateInstance
            metadata: {name: a}
            spec: {template: partner, values: {partner: fabrikam, domain: fabrikam.com}}
            """
        let files = [
            DefinitionFile(path: "a.yaml", bytes: Array(instance.utf8)), DefinitionFile(path: "b.yaml", bytes: bytes),
        ]
        let scope = DefinitionScope(templates: library)
        let set = DefinitionReader.read(files, now: Date(timeIntervalSince1970: 1_795_608_000), scope: scope)
        _ = DiagnosticReport(set).render(.text)
        _ = DefinitionReader.expand(files.map { DefinitionReader.parse($0) }, scope: scope).map { instance in
            instance.documents.map(\.content.yaml)
        }
    }

    /// A server that says the bytes, in two pieces, with a handshake whenever one is asked for.
    private static func converse(_ bytes: [UInt8]) {
        var dialogue = ProbeDialogue(ehloName: "gate.example")
        var actions = dialogue.handle(.connected, at: .zero)
        let middle = bytes.count / 2
        for piece in [Array(bytes[..<middle]), Array(bytes[middle...])] {
            actions += dialogue.handle(.received(piece), at: .seconds(1))
            if actions.contains(.startTLS) {
                actions = dialogue.handle(.handshakeDone(bytesRead: 100), at: .seconds(2))
                actions += dialogue.handle(.received(bytes), at: .seconds(3))
            }
        }
        _ = dialogue.handle(.ended, at: .seconds(4))
        _ = dialogue.transcript
    }

    /// The bytes as a body that each forge signed, and as the proof of another.
    private static func deliver(_ bytes: [UInt8]) {
        let secret = "It's a hook's secret"
        let key = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
        let senders: [(ForgeSettings.Kind, DeliverySender, HookSecret)] = [
            (.github, .github(secret: secret), .secret(secret)), (.gitea, .gitea(secret: secret), .secret(secret)),
            (.forgejo, .forgejo(secret: secret), .secret(secret)), (.gitlab, .gitlab(token: secret), .secret(secret)),
            (.gitlab, .gitlabSigned(key: key), .secret(key)),
            (.azureDevOps, .azureDevOps(user: "u", password: secret), .user("u", password: secret)),
        ]
        let text = String(decoding: bytes.prefix(2_000), as: UTF8.self)
        for (kind, sender, secret) in senders {
            for event in ["pull_request", String(text.prefix(40))] {
                let headers = sender.headers(event: event, id: "1", body: bytes)
                let hint = kind.deliveries.hint(in: Delivery(headers: headers, body: bytes), secret: secret)
                precondition(hint != nil || bytes.count > Delivery.maximumBody, "a signed delivery is refused")
            }
            let headers = sender.headers(event: "push", id: text, body: []).map { ($0.name, text) }
            _ = kind.deliveries.hint(in: Delivery(headers: headers, body: bytes), secret: secret)
        }
    }

    /// The bytes as an answer of each forge, about a request or as a listing of whatever is listed.
    private static func readAnswer(_ bytes: [UInt8]) {
        guard let answer = try? JSONParser.parse(bytes) else { return }
        precondition((try? JSONParser.parse(answer.bytes)) == answer, "what was written is read as something else")
        for value in answer.elements ?? answer["value"]?.elements ?? [answer] {
            _ = value.gitHubRequest(isDraft: false)
            _ = value.gitHubPerson
            _ = value.gitHubComment(on: 1)
            _ = value.gitHubReview(.approved)
            _ = value.gitLabRequest
            _ = value.gitLabComment(on: 1)
            _ = value.azureRequest { "https://forge.example/\($0)" }
            _ = value.azureReviews
            _ = value.azureComments(on: 1)
        }
    }
}
