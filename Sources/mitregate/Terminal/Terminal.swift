import Connectors
import Foundation
import Reports
import Synchronization

/// Where the program writes: results to standard output, everything else to standard error.
enum Terminal {
    static let isOutputTerminal = isatty(STDOUT_FILENO) == 1
    static let isErrorTerminal = isatty(STDERR_FILENO) == 1
    static let isInputTerminal = isatty(STDIN_FILENO) == 1

    /// What `--color` says.
    static var colour: ColourChoice {
        get { choice.withLock { $0 } }
        set { choice.withLock { $0 = newValue } }
    }

    private static let choice = Mutex(ColourChoice.auto)

    /// How a text for people is laid out on standard output: as wide as the terminal, else as COLUMNS says, else 80.
    static var style: TextStyle {
        let environment = ProcessInfo.processInfo.environment
        return TextStyle(
            width: width(of: STDOUT_FILENO, environment),
            usesColour: colour.usesColour(environment, isTerminal: isOutputTerminal)
        )
    }

    /// How it is laid out on standard error, which is never coloured.
    static var errorStyle: TextStyle {
        TextStyle(width: width(of: STDERR_FILENO, ProcessInfo.processInfo.environment))
    }

    /// In columns, asked each time as a window can change.
    private static func width(of descriptor: Int32, _ environment: [String: String]) -> Int {
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        guard let columns = environment["COLUMNS"].flatMap({ Int($0) }), columns > 0 else { return 80 }
        return columns
    }

    /// Whether standard output and standard error end on one and the same terminal.
    private static let isOneTerminal: Bool = {
        guard isOutputTerminal && isErrorTerminal else { return false }
        var (output, error) = (stat(), stat())
        return fstat(STDOUT_FILENO, &output) == 0 && fstat(STDERR_FILENO, &error) == 0
            && output.st_rdev == error.st_rdev
    }()

    private static let standardError = Mutex(())

    /// Why a result could not be written in full, such as a full disk; `nil` when all of it was.
    static var lostOutput: String? { loss.withLock { $0 } }

    private static let loss = Mutex<String?>(nil)

    /// Writes a result, and a final line end unless it has one.
    ///
    /// - Parameter isForWorkflow: The text is meant for a workflow's runner, whose commands otherwise go nowhere.
    static func print(_ text: String, isForWorkflow: Bool = false) {
        guard !text.isEmpty else { return }
        let text = isForWorkflow ? text : text.withoutWorkflowCommands
        if let problem = write(text, to: STDOUT_FILENO) { loss.withLock { $0 = $0 ?? problem } }
    }

    /// Writes what is not a result.
    static func note(_ text: String) {
        standardError.withLock { _ in _ = write(text.withoutWorkflowCommands, to: STDERR_FILENO) }
    }

    /// Says on standard error why something was refused, one line a tenant, unless it was just read on the same terminal.
    static func note(_ refusals: [Refusal]) {
        guard !isOneTerminal else { return }
        for refusal in refusals { note(refusal.line) }
    }

    /// Writes without a line end, over what stands on the line.
    static func status(_ text: String) {
        standardError.withLock { _ in _ = writeBytes(Array("\r\u{1B}[K\(text)".utf8), to: STDERR_FILENO) }
    }

    /// Asks on the terminal; `nil` at the end of input, and when interrupted.
    static func ask(_ question: String, until interrupts: Interrupts) async -> String? {
        standardError.withLock { _ in _ = writeBytes(Array(question.utf8), to: STDERR_FILENO) }
        return await withCheckedContinuation { continuation in
            // A thread of its own waits for the person, as the shared ones are as few as the cores.
            Thread.detachNewThread { continuation.resume(returning: line(until: interrupts)) }
        }
    }

    /// The next line of input, looked for ten times a second so that an interruption ends the waiting.
    private static func line(until interrupts: Interrupts) -> String? {
        while !interrupts.isRaised {
            var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            let ready = poll(&input, 1, 100)
            if ready > 0 { return readLine() }
            if ready < 0 && errno != EINTR { return nil }
        }
        return nil
    }

    private static func write(_ text: String, to descriptor: Int32) -> String? {
        var bytes = Array(text.utf8)
        if bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        return writeBytes(bytes, to: descriptor)
    }

    /// Writes all of it, or says why not; a reader that went away (`| head`) is not an error: the rest is dropped.
    private static func writeBytes(_ bytes: [UInt8], to descriptor: Int32) -> String? {
        var start = 0
        while start < bytes.count {
            let written = bytes[start...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return errno == EPIPE ? nil : String(cString: strerror(errno)) }
            start += written
        }
        return nil
    }
}
