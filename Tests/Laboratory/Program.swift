package import Foundation
import Subprocess
import SystemPackage

/// Our own programs as a user runs them: real processes, found next to the tests.
package struct Program: Sendable {
    package struct Ending: Sendable {
        package var code: Int32
        package var output: String
        package var errors: String
    }

    package let name: String
    /// Where it runs; relative paths are meant from here.
    package let folder: URL
    /// Laid over the variables that a program needs to run at all.
    package var environment: [String: String]

    package init(_ name: String = "mitregate", in folder: URL, environment: [String: String] = [:]) {
        self.name = name
        self.folder = folder
        self.environment = environment
    }

    /// The folder of the build's products.
    package static let products = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent()

    package var path: String { Self.products.appending(path: name).path(percentEncoded: false) }

    /// Nothing but what a program needs to run at all, and `environment`.
    var variables: [Environment.Key: String] {
        var variables: [Environment.Key: String] = ["NO_COLOR": "1", "HOME": folder.path(percentEncoded: false)]
        for key in ["PATH", "TMPDIR", "LD_LIBRARY_PATH"] {
            if let value = ProcessInfo.processInfo.environment[key] {
                variables[Environment.Key(stringLiteral: key)] = value
            }
        }
        for (key, value) in environment { variables[Environment.Key(stringLiteral: key)] = value }
        return variables
    }

    /// Runs to the end; the death by a signal is 128 and its number, as a shell has it.
    @discardableResult
    package func callAsFunction(_ arguments: String..., input: String? = nil) async throws -> Ending {
        try await run(arguments, input: input)
    }

    /// Runs to the end, while `body` looks on and interferes.
    package func run(
        _ arguments: [String],
        input: String? = nil,
        whileRunning body: @escaping @Sendable (Running) async throws -> Void = { _ in }
    ) async throws -> Ending {
        let executable = name.contains("/") ? name : path
        let result = try await Subprocess.run(
            .path(FilePath(executable)),
            arguments: Arguments(arguments),
            environment: .custom(variables),
            workingDirectory: FilePath(folder.path(percentEncoded: false)),
            input: .inputWriter,
            output: .sequence,
            error: .sequence
        ) { execution in
            let running = Running(process: execution.processIdentifier.value)
            async let output = Self.collect(execution.standardOutput)
            async let errors = Self.collect(execution.standardError) { running.hear($0) }
            async let driven: Void = body(running)
            if let input { _ = try? await execution.standardInputWriter.write(Array(input.utf8)) }
            try? await execution.standardInputWriter.finish()
            try await driven
            return (try await output, try await errors)
        }
        let code: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Ending(code: code, output: result.closureResult.0, errors: result.closureResult.1)
    }

    private static func collect(
        _ sequence: SubprocessOutputSequence,
        hear: (([UInt8]) -> Void)? = nil
    ) async throws -> String {
        var bytes: [UInt8] = []
        for try await chunk in sequence {
            chunk.withUnsafeBytes { bytes += $0 }
            hear?(bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
