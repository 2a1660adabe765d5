import Foundation
import Glibc
import StateStore
import Testing

/// The id of a process that was started, has ended, and was reaped.
func deadProcess() throws -> Int32 {
    let process = try startTrue()
    // Not Foundation's `Process`, whose wait for the end can miss it where many tests start processes.
    #expect(waitpid(process, nil, 0) == process)
    return process
}

private func startTrue() throws -> pid_t {
    var process: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("/bin/true"), nil]
    defer { free(arguments[0]) }
    try #require(posix_spawn(&process, "/bin/true", nil, nil, &arguments, nil) == 0)
    return process
}

/// Which processes can be called gone: only those that this one can look for.
@Suite struct RunHolderTests {
    @Test func `two runs of one process differ`() {
        #expect(RunHolder.current(run: "01") != RunHolder.current(run: "02"))
        #expect(RunHolder.current(run: "01") == RunHolder.current(run: "01"))
        let own = RunHolder.current(run: "01")
        #expect(own.process == getpid() && own.startTime > 0 && own.pidNamespace.hasPrefix("pid:["))
        #expect(own.boot.count == 36)
    }

    @Test func `a live process is not gone`() {
        #expect(!RunHolder.current(run: "01").isSurelyGone)
    }

    @Test func `a process that ended is gone`() throws {
        var holder = RunHolder.current(run: "01")
        holder.process = try deadProcess()
        #expect(holder.isSurelyGone)
    }

    @Test func `a process that got the id of another is not the other`() {
        var holder = RunHolder.current(run: "01")
        holder.startTime += 1
        #expect(holder.isSurelyGone)
        holder.startTime = 0
        #expect(!holder.isSurelyGone, "when it started is not known")
    }

    @Test func `a process that ended and was not reaped is gone`() throws {
        let process = try startTrue()
        var information = siginfo_t()
        #expect(waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) == 0)
        var holder = RunHolder.current(run: "01")
        holder.process = process
        #expect(holder.isSurelyGone)
        #expect(waitpid(process, nil, 0) == process)
    }

    @Test func `a process that cannot be looked for counts as alive`() throws {
        var holder = RunHolder.current(run: "01")
        holder.process = try deadProcess()
        for change: (inout RunHolder) -> Void in [
            { $0.machine += "x" }, { $0.boot = "another" }, { $0.pidNamespace = "pid:[1]" },
        ] {
            var other = holder
            change(&other)
            #expect(!other.isSurelyGone)
        }
    }
}
