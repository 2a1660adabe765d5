import Foundation
import Laboratory
import TestSupport
import Testing

/// How people say which tenants they mean, as a shell hands it on.
struct SelectionTests {
    @Test(arguments: [
        ("", "clinic-bern hospital-bern hospital-zug lab"),
        ("--tenant 'hospital-*'", "hospital-bern hospital-zug"),
        ("--tenant='*-bern' --tenant lab", "clinic-bern hospital-bern lab"),
        ("--tenant '?ab'", "lab"),
        ("--label tier=gold", "clinic-bern hospital-bern"),
        ("--label tier=gold --label 'region=the west'", "hospital-bern"),
        ("--label 'note=a=b; $(touch pwned)'", "lab"),
        ("--exclude '*-*'", "lab"),
        ("--tenant '*' --exclude lab --exclude clinic-*", "hospital-bern hospital-zug"),
    ])
    func `a selection means what it says, through a real shell`(options: String, names: String) async throws {
        try await withFleet { folder in
            let ending = try await Self.shell("state export \(options)", in: folder)
            #expect(ending.code == 0, "\(ending)")
            let document = try JSONDecoder().decode(StateDocument.self, from: Data(ending.output.utf8))
            #expect(document.tenants.map(\.tenant).sorted().joined(separator: " ") == names)
            #expect(
                !FileManager.default.fileExists(atPath: folder.appending(path: "pwned").path(percentEncoded: false))
            )
        }
    }

    @Test func `a pattern that the shell takes for file names is not obeyed in part`() async throws {
        try await withFleet { folder in
            for name in ["hospital-bern", "hospital-zug"] { try Data().write(to: folder.appending(path: name)) }
            let ending = try await Self.shell("state export --tenant hospital-*", in: folder)
            #expect(ending.code == 64 && ending.output.isEmpty, "\(ending)")
        }
    }

    @Test(arguments: [
        ("--tenant 'hopsital-*'", "No tenant in mitregate.yaml fits \"hopsital-*\"."),
        ("--tenant 'hopsital-*'", "Did you mean \"hospital-bern\", \"hospital-zug\"?"),
        ("--tenant hospitalzug", "Did you mean \"hospital-zug\"?"),
        ("--tenant lab --tenant woodgrove", "Known tenants: hospital-bern, hospital-zug, clinic-bern, lab."),
        (
            "--exclude labb",
            "Tenant \"labb\" not found in mitregate.yaml. So nothing would be left out, and nothing was done."
        ),
        ("--label teir=gold", "Known labels: tier=gold, tier=silver."),
        ("--label gold", "Write it as --label tier=gold."),
        ("--tenant lab --label tier=gold", "--exclude select none"),
        ("--source mail-flow --tenant x", "in mitregate.yaml below the source \"mail-flow\""),
    ])
    func `a selection that means none is an error that helps`(options: String, words: String) async throws {
        try await withFleet { folder in
            let ending = try await Self.shell("state export \(options)", in: folder)
            #expect(ending.code == 64, "\(ending)")
            let document = try JSONDecoder().decode(ErrorDocument.self, from: Data(ending.output.utf8))
            let text = document.errors.map { "\($0.message) \($0.remedy)" }.joined()
            #expect(text.contains(words), "\(ending)")
        }
    }

    private struct StateDocument: Decodable {
        struct Tenant: Decodable { let tenant: String }
        let tenants: [Tenant]
    }

    private struct ErrorDocument: Decodable {
        struct Entry: Decodable {
            let message: String
            let remedy: String
        }
        let errors: [Entry]
    }

    private static func shell(_ command: String, in folder: URL) async throws -> Program.Ending {
        let program = Program(in: folder)
        let shell = Program("/bin/sh", in: folder, environment: program.environment)
        return try await shell.run(["-c", "exec \"$0\" \(command)", program.path])
    }

    private func withFleet(_ body: (URL) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let configuration = """
                apiVersion: mitregate.dev/v1
                kind: Configuration
                defaults: {tenant: {path: common, organization: "${name}.onmicrosoft.com", credentials: {managedIdentity: {}}}}
                sources:
                  - name: mail-flow
                    url: https://git.example/mail-flow.git
                    tenantSets: [{file: tenants.csv}]
                """
            let table = """
                name,tenantId,labels.tier,labels.region,labels.note
                hospital-bern,00000000-0000-0000-0000-000000000001,gold,the west,
                hospital-zug,00000000-0000-0000-0000-000000000002,silver,east,
                clinic-bern,00000000-0000-0000-0000-000000000003,gold,east,
                lab,00000000-0000-0000-0000-000000000004,,,a=b; $(touch pwned)
                """
            try Data(configuration.utf8).write(to: folder.appending(path: "mitregate.yaml"))
            try Data(table.utf8).write(to: folder.appending(path: "tenants.csv"))
            try await body(folder)
        }
    }
}
