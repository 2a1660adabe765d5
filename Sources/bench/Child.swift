import FoundationEssentials
import Glibc

/// A program that is started and watched.
///
/// The kernel counts what a child took, its own children included once it has waited for them (`wait4`).
struct Child {
    struct Finished {
        let usage: Usage
        let output: String
    }

    let process: pid_t

    /// Starts a program in a folder, where this process then is too; the first argument is its path or its name.
    ///
    /// All paths are whole, so that nothing depends on where this process is.
    init(_ arguments: [String], in folder: String, output: String, errors: String = "/dev/null") throws {
        guard chdir(folder) == 0 else { throw Problem("\(folder): \(String(cString: strerror(errno)))") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        let status = posix_spawnp(&process, arguments[0], &actions, nil, &words, environ)
        guard status == 0 else { throw Problem("\(arguments[0]): \(String(cString: strerror(status)))") }
        self.process = process
    }

    /// Runs a program to its end.
    ///
    /// - Throws: `Problem` where it ends with another code than 0.
    static func run(_ arguments: [String], in folder: String) throws -> Finished {
        let (output, errors) = ("\(folder)/output", "\(folder)/errors")
        let start = ContinuousClock.now
        let child = try Child(arguments, in: folder, output: output, errors: errors)
        let (status, used) = child.wait()
        let wall = (ContinuousClock.now - start) / .seconds(1)
        let text = try text(of: output)
        guard status == 0 else {
            let words = (try Self.text(of: errors)) + text
            throw Problem("`\(arguments.joined(separator: " "))` ended with status \(status): \(words.prefix(400))")
        }
        let usage = Usage(wall: wall, cpu: used.cpu, peak: Double(used.ru_maxrss) * 1024)
        return Finished(usage: usage, output: text)
    }

    func signal(_ number: Int32) { kill(process, number) }

    /// Bytes of it that are in memory now.
    func memory() throws -> Double { try Usage.memory(of: "\(process)") }

    func end() {
        kill(process, SIGTERM)
        _ = wait()
    }

    /// Waits until a file is there and has a line.
    static func wait(for file: String, seconds: Int = 10) throws -> String {
        for _ in 0..<(seconds * 50) {
            if let text = try? text(of: file), text.hasSuffix("\n") { return String(text.dropLast()) }
            usleep(20_000)
        }
        throw Problem("\(file) was not written within \(seconds) seconds")
    }

    static func text(of file: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: file) else { throw Problem("\(file) cannot be read") }
        return String(decoding: data, as: UTF8.self)
    }

    /// The wait status as the kernel gives it, 0 for an end with code 0.
    private func wait() -> (status: Int32, usage: rusage) {
        var (status, usage) = (Int32(0), rusage())
        while wait4(process, &status, 0, &usage) < 0 && errno == EINTR {}
        return (status, usage)
    }
}

extension Usage {
    /// The medians of several.
    init(medianOf all: [Usage]) {
        self.init(wall: all.map(\.wall).median, cpu: all.map(\.cpu).median, peak: all.map(\.peak).median)
    }
}
