import Glibc

/// The folder that mirrors are kept in, and the folder of one of them: no other user may have a hand in them.
package enum MirrorFolder {
    /// Checks that mirrors can be kept in a folder, which is made, readable only by our user, where there is none.
    ///
    /// - Returns: What an operator should know about it although it can be used.
    package static func check(_ folder: String) throws(GitError) -> [String] {
        try make(folder)
        let status = try Self.status(of: folder, owners: [geteuid(), 0])
        guard access(folder, W_OK | X_OK) == 0 else {
            throw .storage(path: folder, detail: String(cString: strerror(errno)))
        }
        return status.st_mode & S_IWGRP != 0 ? ["Its group may put files into the folder of mirrors \(folder)."] : []
    }

    /// Opens a mirror's folder, made where there is none: itself and not what a link leads to, as whoever may put a link
    /// there must not choose what we write to.
    ///
    /// Where others may rename what lies in the folder above, no check of the mirror itself would last; that folder may be
    /// root's, as a volume is often mounted so.
    static func open(_ folder: String) throws(GitError) -> Int32 {
        if let slash = folder.lastIndex(of: "/") {
            let above = slash == folder.startIndex ? "/" : String(folder[..<slash])
            try make(above)
            _ = try status(of: above, owners: [geteuid(), 0])
        }
        try make(folder)
        _ = try status(of: folder, owners: [geteuid()])
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .storage(path: folder, detail: String(cString: strerror(errno))) }
        return descriptor
    }

    private static func status(of folder: String, owners: [uid_t]) throws(GitError) -> stat {
        var status = stat()
        guard lstat(folder, &status) == 0 else {
            throw .storage(path: folder, detail: String(cString: strerror(errno)))
        }
        guard status.st_mode & S_IFMT != S_IFLNK else {
            throw .unsafeFolder(path: folder, reason: "it is a symbolic link")
        }
        guard owners.contains(status.st_uid) else {
            throw .unsafeFolder(path: folder, reason: "it belongs to another user")
        }
        guard status.st_mode & S_IWOTH == 0 else {
            throw .unsafeFolder(path: folder, reason: "every user of this machine may write to it")
        }
        return status
    }

    private static func make(_ folder: String) throws(GitError) {
        if mkdir(folder, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = folder.lastIndex(of: "/"), slash != folder.startIndex else {
            throw .storage(path: folder, detail: String(cString: strerror(errno)))
        }
        try make(String(folder[..<slash]))
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw .storage(path: folder, detail: String(cString: strerror(errno)))
        }
    }
}
