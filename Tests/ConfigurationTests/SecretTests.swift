import Configuration
import Foundation
import TestSupport
import Testing

struct SecretTests {
    @Test(arguments: [
        ("correct horse\n", "correct horse"), ("a\r\n", "a"), ("a\n\n", "a\n"), (" a ", " a "), ("a", "a"),
    ])
    func `a secret loses one line break at its end and nothing else`(content: String, secret: String) async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "secret")
            try Data(content.utf8).write(to: file)
            #expect(try SecretReference.file(file.path()).resolve() == secret)
        }
        #expect(try SecretReference.environment("S").resolve(environment: ["S": content]) == secret)
    }

    @Test func `what cannot be had is an error that says where it was sought`() async throws {
        try await withTemporaryFolder { folder in
            let binary = folder.appending(path: "binary")
            try Data([0xFF, 0xFE]).write(to: binary)
            let references: [(SecretReference, String)] = [
                (.environment("NOWHERE"), "config-secret-missing"), (.environment("EMPTY"), "config-secret-empty"),
                (.file(folder.appending(path: "none").path()), "config-secret-missing"),
                (.file(folder.path()), "config-secret-unreadable"), (.file(binary.path()), "config-secret-unreadable"),
            ]
            for (reference, id) in references {
                let error = #expect(throws: ConfigurationError.self) {
                    try reference.resolve(environment: ["EMPTY": "\n"])
                }
                #expect(error?.problems.map(\.id) == [id])
            }
        }
    }

    @Test func `a file that everybody can read is worth a warning`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "secret").path()
            try Data("x".utf8).write(to: URL(filePath: file))
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
            #expect(SecretReference.file(file).exposure?.contains(file) == true)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
            #expect(SecretReference.file(file).exposure == nil)
        }
        #expect(SecretReference.environment("S").exposure == nil)
    }
}
