import FoundationEssentials
import Glibc

/// What a process took: seconds on the clock and of the processors, and bytes of memory at its peak.
struct Usage {
    var wall: Double
    var cpu: Double
    var peak: Double

    /// Seconds of the processors that this process has used so far.
    static var ownCPU: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.cpu
    }

    /// Bytes of this process that are in memory now.
    static var ownMemory: Double { (try? memory(of: "self")) ?? .nan }

    /// Bytes of a process that are in memory now; it is named as in `/proc`.
    static func memory(of process: String) throws -> Double {
        let status = try Child.text(of: "/proc/\(process)/status")
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let words = line?.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard let words, words.count > 1, let kibibytes = Double(words[1]) else {
            throw Problem("the kernel does not tell the memory of process \(process)")
        }
        return kibibytes * 1024
    }

    /// Seconds that a piece of work takes on the clock.
    static func wall(_ body: () async throws -> Void) async rethrows -> Double {
        let start = ContinuousClock.now
        try await body()
        return (ContinuousClock.now - start) / .seconds(1)
    }
}

extension rusage {
    var cpu: Double {
        Double(ru_utime.tv_sec + ru_stime.tv_sec) + Double(ru_utime.tv_usec + ru_stime.tv_usec) / 1_000_000
    }
}
