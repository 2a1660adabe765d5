import Glibc

/// The file that a store lives in: what may be opened, and who may read it.
struct StoreFile: Sendable {
    let path: String
    let folder: String

    /// Only Mitregate's user reads the store: it holds what a tenant's mail flow looks like.
    static let mode: mode_t = 0o600
    /// Below so many bytes a failed write is called a full disk; SQLite's index alone takes 32 KiB.
    static let leastFree = 64 << 10

    init(path: String) throws(StateStoreError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw .cannotOpen(place: path, detail: "this is not a valid path")
        }
        self.path = path
        folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw .folderMissing(place: path, folder: folder)
        }
        guard status.st_mode & S_IWOTH == 0 else { throw .folderOpen(folder: folder) }
    }

    /// The path as SQLite gets it: never one of its special names.
    var sqlitePath: String { path.hasPrefix("/") ? path : "./\(path)" }

    /// Makes an empty file where there is none, and takes others' right to read an existing one.
    ///
    /// An existing file is never opened here: closing it would end the locks that this process's other connections hold.
    /// Source: sqlite.org/howtocorrupt.html, section 2.2.
    func prepare() throws(StateStoreError) {
        for name in [path, "\(path)-wal", "\(path)-shm"] {
            let exists = try Self.takeForUs(name)
            guard !exists, name == path else { continue }
            let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, Self.mode)
            guard descriptor >= 0 else {
                if errno == ENOSPC || errno == EDQUOT { throw .full(folder: folder, free: free ?? 0) }
                throw .cannotOpen(place: path, detail: Self.reason())
            }
            close(descriptor)
        }
    }

    /// Checks that a file is a plain one of ours, and that no one else may read or write it.
    ///
    /// - Returns: Whether there is such a file.
    private static func takeForUs(_ path: String) throws(StateStoreError) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw .cannotOpen(place: path, detail: reason()) }
            return false
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFLNK: throw .notAFile(place: path, found: "a symbolic link")
        case S_IFDIR: throw .notAFile(place: path, found: "a folder")
        default: throw .notAFile(place: path, found: "a device, a socket or a pipe")
        }
        guard status.st_uid == geteuid() else { throw .notOurs(path: path, owner: status.st_uid, us: geteuid()) }
        if status.st_mode & 0o777 != mode, chmod(path, mode) != 0 {
            throw .cannotOpen(place: path, detail: reason())
        }
        return true
    }

    /// What an operator should know about the file although it can be used.
    ///
    /// A group that may write is allowed: Kubernetes mounts volumes so.
    var warnings: [String] {
        var warnings: [String] = []
        var status = stat()
        if stat(folder, &status) == 0, status.st_mode & S_IWGRP != 0 {
            warnings.append("Its group may put files into the store's folder \(folder).")
        }
        if stat(path, &status) == 0, status.st_mode & 0o077 != 0 {
            warnings.append("Other users of this machine can read the store \(path): chmod 600 \(path)")
        }
        return warnings
    }

    var size: Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Bytes that we may still write on its disk; `nil` when the system does not say.
    var free: Int? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        let (bytes, isTooMuch) = Int(clamping: status.f_bavail).multipliedReportingOverflow(by: Int(status.f_frsize))
        return isTooMuch ? Int.max : bytes
    }

    /// Calls `body` while no other process opens a store in the same folder; two that make one at once would collide.
    func whileLocked<T>(_ body: () throws -> T) throws -> T {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StateStoreError.cannotOpen(place: path, detail: Self.reason()) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw StateStoreError.cannotOpen(place: path, detail: Self.reason()) }
        }
        let result = try body()
        fsync(descriptor)  // the names of the files made above
        return result
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
