import Foundation

extension Program {
    /// Runs to the end, and gives what it had in memory at its peak, in bytes.
    ///
    /// A Python in between starts it and asks the kernel, which counts for a child what its parent had: and this process,
    /// which runs tests, may have had a lot.
    package func measured(_ arguments: [String]) async throws -> (ending: Ending, peak: Int) {
        let script = """
            import resource, subprocess, sys
            code = subprocess.run(sys.argv[2:]).returncode
            with open(sys.argv[1], "w") as file:
                file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
            sys.exit(128 - code if code < 0 else code)
            """
        let file = folder.appending(path: "peak-\(UUID())")
        defer { try? FileManager.default.removeItem(at: file) }
        var python = Program("/usr/bin/python3", in: folder)
        python.environment = environment
        let ending = try await python.run(["-c", script, file.path(percentEncoded: false), path] + arguments)
        guard let kibibytes = Int(try String(contentsOf: file, encoding: .utf8)) else {
            throw LaboratoryError(text: "no peak: \(ending)")
        }
        return (ending, kibibytes << 10)
    }
}
