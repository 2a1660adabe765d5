import Foundation
import Synchronization

/// Where the program writes: results to standard output, everything else to standard error.
enum Terminal {
    static let isOutputTerminal = isatty(STDOUT_FILENO) == 1
    static let isErrorTerminal = isatty(STDERR_FILENO) == 1
    static let isInputTerminal = isatty(STDIN_FILENO) == 1

    /// Colour only on a terminal that can show it, and never where NO_COLOR is set (no-color.org).
    static let usesColour =
        isOutputTerminal && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
        && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    private static let standardError = Mutex(())

    /// Writes a result, and a final line end unless it has one.
    static func print(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// Writes what is not a result.
    static func note(_ text: String) { standardError.withLock { _ in write(text, to: STDERR_FILENO) } }

    /// Writes without a line end, over what stands on the line.
    static func status(_ text: String) {
        standardError.withLock { _ in writeBytes(Array("\r\u{1B}[K\(text)".utf8), to: STDERR_FILENO) }
    }

    /// Asks on the terminal; `nil` at the end of input.
    static func ask(_ question: String) -> String? {
        standardError.withLock { _ in writeBytes(Array(question.utf8), to: STDERR_FILENO) }
        return readLine()
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)
        if bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        writeBytes(bytes, to: descriptor)
    }

    /// A reader that went away (`| head`) is no error of ours: the rest is dropped.
    private static func writeBytes(_ bytes: [UInt8], to descriptor: Int32) {
        var start = 0
        while start < bytes.count {
            let written = bytes[start...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return }
            start += written
        }
    }
}
