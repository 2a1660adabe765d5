import FoundationEssentials

/// A whole run in which there is nothing to do, against a tenant that answers as slowly as the service.
enum NoChangeRun {
    private static let tenant = "11111111-2222-3333-4444-555555555555"
    private static let client = "0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e"

    static func rows(in place: Place) throws -> [Row] {
        try place.write(seed, to: "run/tenant.json")
        let folder = "\(place.folder)/run"
        let simulator = try Child(
            [
                "\(place.programs)/exchange-simulator", "--port-file", "port", "--seed", "tenant.json", "--latency",
                "50",
            ],
            in: folder,
            output: "\(folder)/simulator.out",
            errors: "\(folder)/simulator.log"
        )
        defer { simulator.end() }
        let url = "http://127.0.0.1:\(try Child.wait(for: "\(folder)/port"))"
        try place.write(configuration(url), to: "run/mitregate.yaml")
        try place.write("correct horse battery staple", to: "run/secret")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(folder)/secret")
        try prepare(place, in: folder)

        var runs: [Usage] = []
        var requests: [Double] = []
        for _ in 0..<11 {
            _ = try Child.run(["curl", "-sS", "--fail", "-X", "DELETE", "\(url)/simulator/requests"], in: folder)
            let plan = [place.mitregate, "plan", "--no-gate", "--detailed-exitcode"]
            runs.append(try Child.run(plan, in: folder).usage)
            let log = try Child.run(["curl", "-sS", "--fail", "\(url)/simulator/requests"], in: folder).output
            requests.append(Double(try count(log)))
        }
        let usage = Usage(medianOf: runs)
        return [
            Row(
                "`mitregate plan --no-gate`, nothing to do, 101 connectors",
                measured: """
                    \(usage.wall.asTime), \(usage.cpu.asTime) of CPU, \(requests.median.rounded(to: 0)) requests
                    """,
                goal: "≤ 0.26 s",
                input: """
                    50 outbound and 51 inbound connectors that `import` wrote and `apply` took over; the whole process \
                    against `exchange-simulator --latency 50` (50 ms for each answer), with a new token; four round trips of \
                    50 ms are left: the token, without which nothing is answered, then the tenant's host and five lists, \
                    of which the service takes two at a time; median of 11
                    """,
                isMet: usage.wall <= 0.26
            ),
            try oneChange(place, in: folder, url),
        ]
    }

    /// The requests of a run that writes once; the first of them that writes comes after one reading.
    private static func oneChange(_ place: Place, in folder: String, _ url: String) throws -> Row {
        let definitions = "\(folder)/mail-flow/tenants/contoso"
        let files = try FileManager.default.subpathsOfDirectory(atPath: definitions).sorted()
        let printers = try files.first { file in
            guard file.hasSuffix(".yaml") else { return false }
            return try Child.text(of: "\(definitions)/\(file)").contains("name: Printers")
        }
        guard let file = printers else { throw Problem("import did not write the connector Printers") }
        let text = try Child.text(of: "\(definitions)/\(file)")
        try place.write(
            text.replacing("\nspec:\n", with: "\nspec:\n  comment: Changed by the measurement\n", maxReplacements: 1),
            to: "run/mail-flow/tenants/contoso/\(file)"
        )
        try commit("Change one connector", in: "\(folder)/mail-flow")
        _ = try Child.run(["curl", "-sS", "--fail", "-X", "DELETE", "\(url)/simulator/requests"], in: folder)
        let run = try Child.run([place.mitregate, "apply", "--auto-approve"], in: folder)
        let log = try Child.run(["curl", "-sS", "--fail", "\(url)/simulator/requests"], in: folder).output
        let requests = try cmdlets(log)
        guard let write = requests.firstIndex(where: { $0.hasPrefix("Set-") }) else {
            throw Problem("apply wrote nothing")
        }
        return Row(
            "`mitregate apply` of one change among 101 connectors",
            measured: """
                \(requests.count) requests, \(write) before the write and \(requests.count - write - 1) after it; \
                \(run.usage.wall.asTime)
                """,
            goal: "≤ 7 requests before the write",
            input: """
                the same tenant: token, host and one reading of five lists, the write, and the reading that confirms it
                """,
            isMet: write <= 7
        )
    }

    /// Brings git, the tenant and the store level, so that a plan has nothing to say.
    private static func prepare(_ place: Place, in folder: String) throws {
        let repository = "\(folder)/mail-flow"
        try FileManager.default.createDirectory(atPath: repository, withIntermediateDirectories: true)
        _ = try Child.run(["git", "init", "-q", "-b", "main"], in: repository)
        try place.write("Connectors of contoso\n", to: "run/mail-flow/tenants/contoso/README.md")
        try commit("Begin", in: repository)
        _ = try Child.run([place.mitregate, "import", "--out", "mail-flow/tenants/contoso"], in: folder)
        try commit("Import what the tenant has", in: repository)
        _ = try Child.run([place.mitregate, "apply", "--auto-approve"], in: folder)
    }

    private static func commit(_ subject: String, in repository: String) throws {
        _ = try Child.run(["git", "add", "."], in: repository)
        let author = ["-c", "user.name=Bench", "-c", "user.email=bench@contoso.example"]
        _ = try Child.run(["git"] + author + ["commit", "-q", "-m", subject], in: repository)
    }

    private struct Logged: Decodable {
        let path: String
        let cmdlet: String?
    }

    /// The cmdlets of the requests in their order, the path where a request has none.
    private static func cmdlets(_ log: String) throws -> [String] {
        try JSONDecoder().decode([Logged].self, from: Data(log.utf8))
            .filter { !$0.path.hasPrefix("/simulator") }.map { $0.cmdlet ?? $0.path }
    }

    private static func count(_ log: String) throws -> Int {
        try JSONDecoder().decode([Logged].self, from: Data(log.utf8)).count { !$0.path.hasPrefix("/simulator") }
    }

    private static var seed: String {
        let outbound = (1...50).map { number in
            """
            {"Name": "Partner \(number) (to them)", "ConnectorType": "Partner", "RecipientDomains": ["p\(number).example"],
             "UseMXRecord": true, "TlsSettings": "DomainValidation", "TlsDomain": "mail.p\(number).example"}
            """
        }
        let inbound = (1...50).map { number in
            """
            {"Name": "Partner \(number) (from them)", "ConnectorType": "Partner", "SenderDomains": ["smtp:p\(number).example;1"],
             "RequireTls": true, "TlsSenderCertificateName": "mail.p\(number).example", "RestrictDomainsToCertificate": true}
            """
        }
        return """
            {"tenants": [{
              "tenantId": "\(tenant)", "organization": "contoso.onmicrosoft.com",
              "acceptedDomains": [{"DomainName": "contoso.onmicrosoft.com", "InitialDomain": true}, {"DomainName": "contoso.com", "Default": true}],
              "applications": [{"clientId": "\(client)", "clientSecret": "correct horse battery staple",
                "roles": ["Exchange.ManageAsApp"], "directoryRoles": ["Exchange Administrator"]}],
              "outboundConnectors": [\(outbound.joined(separator: ","))],
              "inboundConnectors": [\(inbound.joined(separator: ",")),
                {"Name": "Printers", "ConnectorType": "OnPremises", "SenderDomains": ["smtp:*;1"], "SenderIPAddresses": ["198.51.100.7"]}]
            }]}
            """
    }

    private static func configuration(_ url: String) -> String {
        """
        apiVersion: mitregate.dev/v1
        kind: Configuration
        sources:
          - name: mail-flow
            url: mail-flow
            branch: main
            tenants:
              - name: contoso
                path: tenants/contoso
                tenantId: \(tenant)
                organization: contoso.onmicrosoft.com
                credentials: {clientId: \(client), clientSecret: {file: secret}}
                endpoints: {login: "\(url)", exchange: "\(url)", graph: "\(url)"}
        store: {url: "sqlite:mitregate.db"}

        """
    }
}
