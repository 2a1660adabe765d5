import Glibc

/// Holds a mirror's folder, so that two processes never write to it at once; the kernel lets go when the holder dies.
struct MirrorLock {
    private let folder: String
    let descriptor: Int32

    /// Makes the folder where there is none, readable only by our user; waits for another fetch to end.
    init(folder: String) throws(GitError) {
        guard let lock = try Self(folder: folder, waits: true) else {
            throw .storage(path: folder, detail: "it is locked")
        }
        self = lock
    }

    /// - Returns: `nil` when another fetch holds the folder and `waits` is false.
    init?(folder: String, waits: Bool) throws(GitError) {
        self.folder = folder
        descriptor = try MirrorFolder.open(folder)
        while flock(descriptor, waits ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
            guard errno == EINTR else {
                let reason = errno
                let detail = String(cString: strerror(reason))
                close(descriptor)
                if reason == EWOULDBLOCK { return nil }
                throw .storage(path: folder, detail: detail)
            }
        }
    }

    /// Lets go at once: a child that is being started has the descriptor, too, until it becomes another program.
    ///
    /// Source: flock(2): the lock is of the open file, and closing lets go only with the last descriptor.
    func unlock() {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Removes what a killed fetch left: half a pack, a lock on a reference.
    ///
    /// No other fetch writes while we hold the lock.
    func removeLeftovers() {
        for name in Self.names(in: "\(folder)/objects/pack") where Self.isPartOfPack(name) {
            unlink("\(folder)/objects/pack/\(name)")
        }
        for name in Self.names(in: folder) where name.hasSuffix(".lock") { unlink("\(folder)/\(name)") }
        removeLocks(below: "\(folder)/refs", depth: 0)
    }

    /// Whole packs are `pack-….pack` and `pack-….idx`; git and libgit2 name unfinished ones otherwise.
    private static func isPartOfPack(_ name: String) -> Bool {
        name.hasPrefix("tmp_") || name.hasPrefix("pack_git2_") || name.hasSuffix(".lock") || name.hasPrefix(".tmp")
    }

    private func removeLocks(below path: String, depth: Int) {
        guard depth < 16 else { return }
        for name in Self.names(in: path) {
            var status = stat()
            let entry = "\(path)/\(name)"
            guard lstat(entry, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                removeLocks(below: entry, depth: depth + 1)
            } else if name.hasSuffix(".lock") {
                unlink(entry)
            }
        }
    }

    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
