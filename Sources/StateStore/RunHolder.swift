import FoundationEssentials
import Glibc

/// Who holds a lease: one run, in one process, of one start of one machine.
package struct RunHolder: Hashable, Sendable, Codable {
    /// The machine's name, for people.
    package var machine: String
    /// The kernel's id of this start of the machine; all containers of a machine share it.
    package var boot: String
    /// The kernel's name of the namespace in which `process` counts, such as `pid:[4026531836]`.
    package var pidNamespace: String
    package var process: Int32
    /// When the process started, in the kernel's ticks since the machine's start: ids of processes come again.
    package var startTime: UInt64
    /// The run's id.
    package var run: String

    package init(
        machine: String,
        boot: String,
        pidNamespace: String,
        process: Int32,
        startTime: UInt64,
        run: String
    ) {
        self.machine = machine
        self.boot = boot
        self.pidNamespace = pidNamespace
        self.process = process
        self.startTime = startTime
        self.run = run
    }

    /// A run of this process.
    package static func current(run: String) -> RunHolder {
        var holder = thisProcess
        holder.run = run
        return holder
    }

    /// What is not known stays empty or 0, and then no process can be called gone.
    private static let thisProcess = RunHolder(
        machine: ProcessInfo.processInfo.hostName,
        boot: ProcessTable.bootID ?? "",
        pidNamespace: ProcessTable.pidNamespace ?? "",
        process: getpid(),
        startTime: ProcessTable.status(of: "self")?.startTime ?? 0,
        run: ""
    )

    /// For people: `process 5343 on vm`.
    package var description: String { "process \(process) on \(machine)" }

    /// Whether its process has surely ended, as this process can tell.
    ///
    /// Only a process of the same start of the same machine, in the same pid namespace, can be asked for. Any other, and
    /// any that cannot be told for certain, counts as alive.
    package var isSurelyGone: Bool {
        let own = Self.thisProcess
        guard
            machine == own.machine, boot == own.boot, pidNamespace == own.pidNamespace, !boot.isEmpty,
            !pidNamespace.isEmpty, process > 0
        else { return false }
        if kill(process, 0) != 0 && errno == ESRCH { return true }
        // It exists: perhaps as another process that got the same id since, or as one that ended and was not yet reaped.
        guard startTime > 0, ProcessTable.isOfOwnNamespace, let status = ProcessTable.status(of: "\(process)") else {
            return false
        }
        return status.startTime != startTime || status.hasEnded
    }
}

/// What the kernel says about processes.
///
/// Source: proc(5), pid_namespaces(7).
private enum ProcessTable {
    struct Status {
        var startTime: UInt64
        var hasEnded: Bool
    }

    static let bootID = text("/proc/sys/kernel/random/boot_id").map { String($0.prefix { $0 != "\n" }) }

    static let pidNamespace: String? = {
        var name = [CChar](repeating: 0, count: 64)
        let length = readlink("/proc/self/ns/pid", &name, name.count)
        return length > 0 ? String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }()

    /// Whether /proc shows the pid namespace that this process is in: then one id stands for it there, else several.
    static let isOfOwnNamespace: Bool = {
        guard let status = text("/proc/self/status"),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("NSpid:") })
        else { return false }
        return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().count == 1
    }()

    /// - Parameter process: An id, or `self`.
    static func status(of process: String) -> Status? {
        // The name in parentheses may hold anything; after it come the state as field 3, and the start time as field 22.
        guard let line = text("/proc/\(process)/stat"), let end = line.lastIndex(of: ")") else { return nil }
        let fields = line[line.index(after: end)...].split(whereSeparator: { $0 == " " || $0 == "\n" })
        guard fields.count > 19, let startTime = UInt64(fields[19]) else { return nil }
        return Status(startTime: startTime, hasEnded: ["Z", "X", "x"].contains(fields[0]))
    }

    private static func text(_ path: String) -> String? {
        try? String(contentsOfFile: path, encoding: .utf8)
    }
}
