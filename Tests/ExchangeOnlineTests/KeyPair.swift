import Foundation
import TestSupport

/// A certificate with its key, as `openssl` makes them.
struct KeyPair {
    let folder: URL
    var certificate: String { get throws { try text("certificate.pem") } }
    var key: String { get throws { try text("key.pem") } }

    func text(_ name: String) throws -> String { try String(contentsOf: folder.appending(path: name), encoding: .utf8) }

    /// Runs openssl in the folder, and returns what it printed.
    @discardableResult
    func openssl(_ arguments: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? text : "failed: \(text)"
    }
}

func withKeyPair<T>(_ body: (KeyPair) async throws -> T) async throws -> T {
    try await withTemporaryFolder { folder in
        let pair = KeyPair(folder: folder)
        try pair.openssl(
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=app -keyout key.pem -out certificate.pem"
        )
        return try await body(pair)
    }
}
