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
    static var ownMemory: Double {
        guard let file = FileManager.default.contents(atPath: "/proc/self/status") else { return .nan }
        let line = String(decoding: file, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let kibibytes = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap {
            Double($0)
        }
        return (kibibytes ?? .nan) * 1024
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
