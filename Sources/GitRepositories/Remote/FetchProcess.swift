import Dispatch
import FoundationEssentials
import Glibc

/// The fetching child process, seen from inside.
///
/// The request comes as one line on the standard input, which the parent then holds open: its end means that the parent is
/// gone, and the child ends at once. `PR_SET_PDEATHSIG` would do so when the *thread* that started the child ends.
/// Source: prctl(2).
enum FetchProcess {
    private static let maximumRequest = 1 << 20

    /// - Returns: The exit code: 0 when an answer was written, whatever it says; 64 when there was no request.
    static func run() -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        guard let request = readRequest() else { return 64 }
        endWithParent()
        limitMemory(to: request.maximumMemory)
        let response: FetchResponse
        do throws(GitError) {
            response = .fetched(try Fetcher(request).run())
        } catch {
            response = .failed(error)
        }
        guard let answer = try? JSONEncoder().encode(response) else { return 70 }
        return write(Array(answer)) ? 0 : 74
    }

    private static func readRequest() -> FetchRequest? {
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
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
    /// The data segment counts, not mapped packs, which may be large. The address sanitizer's shadow would count too, so
    /// its builds have no limit.
    private static func limitMemory(to bytes: Int) {
        guard dlsym(nil, "__asan_init") == nil else { return }
        var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
        setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
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
