import CGit2
import Glibc

extension RequestMirror {
    /// Forgets the heads of requests that are no longer open.
    ///
    /// Their objects go when no head is left, or when what is kept has grown so much that fetching the open ones once more
    /// is the lesser evil; `head(of:)` then knows none of them.
    ///
    /// - Parameter limit: In bytes, of packs; each loose object, as merges are kept, counts as 4 KiB.
    package func prune(keeping open: Set<Int>, beyond limit: Int = 256 << 20) async throws(GitError) {
        let folder = folder
        try await GitThread.run { () throws(GitError) in
            guard access(folder, F_OK) == 0, let lock = try MirrorLock(folder: folder, waits: false) else { return }
            defer { lock.unlock() }
            lock.removeLeftovers()
            guard let repository = try? Repository.open(folder, isBare: true) else { return }
            let numbers = repository.requests()
            let closed = numbers.filter { !open.contains($0) }
            for number in closed { try repository.removeReference(Self.reference(to: number)) }
            let isLarge = RequestFolder.packedBytes(in: folder) > limit && !closed.isEmpty
            let isLittered = RequestFolder.looseObjects(in: folder) * 4_096 > limit
            guard isLarge || isLittered || closed.count == numbers.count else { return }
            for number in numbers where open.contains(number) {
                try repository.removeReference(Self.reference(to: number))
            }
            RequestFolder.removeObjects(in: folder)
        }
    }
}

extension Repository {
    /// The numbers of the requests whose heads are here.
    fileprivate func requests() -> [Int] {
        var iterator: OpaquePointer?
        guard git_reference_iterator_glob_new(&iterator, raw, "\(RequestMirror.namespace)*") == 0 else { return [] }
        defer { git_reference_iterator_free(iterator) }
        var numbers: [Int] = []
        var name: UnsafePointer<CChar>?
        while git_reference_next_name(&name, iterator) == 0, let text = name.map({ String(cString: $0) }) {
            if let number = Int(text.dropFirst(RequestMirror.namespace.count)) { numbers.append(number) }
        }
        return numbers
    }
}

/// What the repository of heads takes on the disk.
enum RequestFolder {
    static func packedBytes(in folder: String) -> Int {
        names(in: "\(folder)/objects/pack").reduce(0) { sum, name in
            var status = stat()
            guard lstat("\(folder)/objects/pack/\(name)", &status) == 0 else { return sum }
            return sum + Int(status.st_size)
        }
    }

    static func looseObjects(in folder: String) -> Int {
        loose(in: folder).reduce(0) { $0 + names(in: $1).count }
    }

    /// Removes objects, and nothing that leads to those of others.
    static func removeObjects(in folder: String) {
        for path in loose(in: folder) + ["\(folder)/objects/pack"] {
            for name in names(in: path) { unlink("\(path)/\(name)") }
        }
        // Who has the repository open sees by this that objects have gone, though no pack did.
        utimes("\(folder)/objects/pack", nil)
    }

    private static func loose(in folder: String) -> [String] {
        (0..<256).map { number in
            let digits = String(number, radix: 16)
            return "\(folder)/objects/\(digits.count == 1 ? "0" : "")\(digits)"
        }
    }

    private static func names(in folder: String) -> [String] { MirrorLock.names(in: folder) }
}
