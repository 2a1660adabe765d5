import Dispatch
import FoundationEssentials
import Glibc

/// The fetching child process, seen from inside.
///
/// The request comes as one line on the standard input, which the parent then holds open: its end means that the parent is
/// gone, and the child ends at once. `PR_SET_PDEATHSIG` would do so when the *thread* that started the child ends.
/// Source: prctl(2).
enum FetchProcess {
    /// A push holds a commit, a change its files, as base 64.
    private static let maximumRequest = 2 * BranchChange.maximumBytes

    /// The exit code of a process that could not go on within its memory.
    static let outOfMemory: Int32 = 71

    /// - Returns: The exit code: 0 when an answer was written, whatever it says; 64 when there was no request.
    static func run() -> Int32 {
        guard let request = readRequest() else { return 64 }
        endWithParent()
        limitMemory(to: request.limits.memory)
        let response: FetchResponse
        do throws(GitError) {
            response = try request.answer()
        } catch {
            response = .failed(error)
        }
        guard let answer = try? JSONEncoder().encode(response) else { return 70 }
        return write(Array(answer)) ? 0 : 74
    }

    private static func readRequest() -> FetchRequest? {
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while line.last != UInt8(ascii: "\n") {
            let count = read(0, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0, line.count + count <= maximumRequest else { return nil }
            line += buffer[..<count]
        }
        return try? JSONDecoder().decode(FetchRequest.self, from: Data(line))
    }

    private static func endWithParent() {
        DispatchQueue(label: "mitregate.git.parent").async {
            var byte: UInt8 = 0
            while true {
                let count = read(0, &byte, 1)
                guard count > 0 || count < 0 && errno == EINTR else { _exit(75) }
            }
        }
    }

    /// A server that never ends its list of refs costs this process, and no more than this.
    ///
    /// The data segment counts, not mapped packs, of which little is mapped at once. The address sanitizer's shadow would
    /// count too, so its builds have no limit.
    private static func limitMemory(to bytes: Int) {
        guard dlsym(nil, "__asan_init") == nil else { return }
        var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
        setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
        // libgit2 says when it gets no memory; Swift, and glibc where it finds libgit2 confused by that, end the process.
        for number in [SIGABRT, SIGBUS, SIGILL, SIGSEGV, SIGTRAP] {
            signal(number) { _ in _exit(FetchProcess.isOutOfMemory ? FetchProcess.outOfMemory : 70) }
        }
    }

    /// Whether there is hardly any memory left; libssh2 does not say what it lacked.
    static var isOutOfMemory: Bool {
        let size = 16 << 20
        let room = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard room != MAP_FAILED else { return true }
        munmap(room, size)
        return false
    }

    private static func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
