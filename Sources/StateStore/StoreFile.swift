import Glibc

/// The file that a store lives in: what may be opened, and who may read it.
struct StoreFile {
    let path: String
    let folder: String

    /// Only Mitregate's user reads the store: it holds what a tenant's mail flow looks like.
    static let mode: mode_t = 0o600

    init(path: String) throws(StateStoreError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw .cannotOpen(path: path, detail: "that is no path")
        }
        self.path = path
        folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw .folderMissing(path: path, folder: folder)
        }
    }

    /// The path as SQLite gets it: never one of its special names.
    var sqlitePath: String { path.hasPrefix("/") ? path : "./\(path)" }

    /// Makes an empty file where there is none, and takes others' right to read an existing one.
    ///
    /// An existing file is never opened here: closing it would end the locks that this process's other connections hold.
    /// Source: sqlite.org/howtocorrupt.html, section 2.2.
    func prepare() throws(StateStoreError) {
        var status = stat()
        if lstat(path, &status) != 0 {
            guard errno == ENOENT else { throw .cannotOpen(path: path, detail: Self.reason()) }
            let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, Self.mode)
            guard descriptor >= 0 else { throw .cannotOpen(path: path, detail: Self.reason()) }
            close(descriptor)
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFLNK: throw .notAFile(path: path, found: "a symbolic link")
        case S_IFDIR: throw .notAFile(path: path, found: "a folder")
        default: throw .notAFile(path: path, found: "a device, a socket or a pipe")
        }
        for name in [path, "\(path)-wal", "\(path)-shm"] {
            guard lstat(name, &status) == 0, status.st_mode & 0o777 != Self.mode else { continue }
            guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: name, found: "a link or a device") }
            guard chmod(name, Self.mode) == 0 else { throw .cannotOpen(path: name, detail: Self.reason()) }
        }
    }

    var size: Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Calls `body` while no other process opens a store in the same folder; two that make one at once would collide.
    func whileLocked<T>(_ body: () throws -> T) throws -> T {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StateStoreError.cannotOpen(path: path, detail: Self.reason()) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw StateStoreError.cannotOpen(path: path, detail: Self.reason()) }
        }
        let result = try body()
        fsync(descriptor)  // the names of the files made above
        return result
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
