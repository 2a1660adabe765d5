import Foundation
import Subprocess
import SystemPackage

extension Program {
    /// Runs on a terminal of its own and types answers as a person would, each once its question is on the screen.
    ///
    /// The terminal is that of `script` (Debian's bsdutils); what it shows is all in the ending's output.
    ///
    /// - Parameter whileAsked: What is done while a question stands, before its answer is typed.
    package func onTerminal(
        _ arguments: [String],
        answers: [(question: String, answer: String)] = [],
        columns: Int? = nil,
        whileAsked: @Sendable () async throws -> Void = {}
    ) async throws -> Ending {
        let resize = columns.map { "stty cols \($0); " } ?? ""
        let command = resize + ([path] + arguments).map { "'\($0)'" }.joined(separator: " ")
        let result = try await Subprocess.run(
            .path("/usr/bin/script"),
            arguments: ["--quiet", "--return", "--command", command, "/dev/null"],
            environment: .custom(variables),
            workingDirectory: FilePath(folder.path(percentEncoded: false)),
            input: .inputWriter,
            output: .sequence,
            error: .discarded
        ) { execution in
            var seen: [UInt8] = []
            var open = answers[...]
            for try await chunk in execution.standardOutput {
                chunk.withUnsafeBytes { seen += $0 }
                while let next = open.first, String(decoding: seen, as: UTF8.self).contains(next.question) {
                    try await whileAsked()
                    _ = try await execution.standardInputWriter.write(Array(next.answer.utf8))
                    open.removeFirst()
                }
            }
            try await execution.standardInputWriter.finish()
            return String(decoding: seen, as: UTF8.self)
        }
        let code: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Ending(
            code: code,
            output: result.closureResult.replacingOccurrences(of: "\r\n", with: "\n"),
            errors: ""
        )
    }
}
