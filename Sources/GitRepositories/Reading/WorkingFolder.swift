import CGit2
import Glibc

/// A folder of definitions on disk, read by the rules that hold for a commit.
///
/// Each name is opened below its open parent and never through a link, so that a folder that changes while it is read cannot
/// lead elsewhere. `.git` is passed over at the top, and refused below it: it marks another repository.
package enum WorkingFolder {
    /// The definition files in a folder that need not lie in a repository, in the order of their paths' bytes.
    package static func files(
        at folder: String,
        limits: ReadingLimits = ReadingLimits()
    ) async throws(GitError) -> [TreeFile] {
        let top = try FolderPath("")
        return try await GitThread.run { () throws(GitError) in try read(folder, under: top, limits: limits) }
    }

    static func read(_ top: String, under folder: FolderPath, limits: ReadingLimits) throws(GitError) -> [TreeFile] {
        _ = Library.start
        var descriptor = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refusal(of: top.printable) }
        for (index, name) in folder.names.enumerated() {
            let parent = descriptor
            defer { close(parent) }
            let next = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            let path = folder.names[...index].joined(separator: "/")
            guard next >= 0 else {
                let refusal = refusal(of: path)
                throw linkTarget(name, in: parent).map { GitError(linkAt: path, target: $0) } ?? refusal
            }
            descriptor = next
        }
        var walk = FolderWalk(limits)
        try walk.visit(descriptor, folder: "", depth: 0)
        return walk.files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    fileprivate static func refusal(of path: String) -> GitError {
        switch errno {
        case ENOENT: .missingFolder(path: path)
        case ENOTDIR: .notAFolder(path: path)
        default: .storage(path: path, detail: String(cString: strerror(errno)))
        }
    }

    fileprivate static func linkTarget(_ name: String, in descriptor: Int32) -> [UInt8]? {
        var target = [CChar](repeating: 0, count: 4_096)
        let count = readlinkat(descriptor, name, &target, target.count)
        return count >= 0 ? target[..<count].map { UInt8(bitPattern: $0) } : nil
    }
}

private struct FolderWalk {
    private(set) var files: [TreeFile] = []
    private var rules: FolderRules

    init(_ limits: ReadingLimits) { rules = FolderRules(limits) }

    /// Closes `descriptor`.
    mutating func visit(_ descriptor: Int32, folder: String, depth: Int) throws(GitError) {
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            throw WorkingFolder.refusal(of: folder)
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            let bytes = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if bytes.elementsEqual(".".utf8) || bytes.elementsEqual("..".utf8) { continue }
            if bytes.elementsEqual(".git".utf8) {
                guard depth > 0 else { continue }
                throw .submodule(path: folder)
            }
            try rules.countEntry(in: folder.isEmpty ? "the folder" : folder)
            if !FolderRules.isHidden(bytes) { names.append(bytes) }
        }
        // In an order of their own, so that the file that passes a limit is always the same.
        for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            try visit(entry: name, in: descriptor, folder: folder, depth: depth)
        }
    }

    private mutating func visit(entry: [UInt8], in descriptor: Int32, folder: String, depth: Int) throws(GitError) {
        var status = stat()
        let raw = entry.map { CChar(bitPattern: $0) } + [0]
        guard fstatat(descriptor, raw, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }  // it is gone already
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFDIR || kind == S_IFLNK || FolderRules.isDefinition(entry) else { return }
        let name = try FolderRules.name(entry, in: folder)
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        switch kind {
        case S_IFLNK:
            throw GitError(linkAt: path, target: WorkingFolder.linkTarget(name, in: descriptor) ?? [])
        case S_IFDIR:
            try rules.checkDepth(depth + 1, of: path)
            let child = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard child >= 0 else { throw WorkingFolder.refusal(of: path) }
            try visit(child, folder: path, depth: depth + 1)
        case S_IFREG:
            try rules.countFile(path)
            try read(name, in: descriptor, path: path, size: Int(status.st_size))
        default:
            throw .oddName(path: path, reason: "it is a pipe, a socket or a device")
        }
    }

    /// - Parameter size: In bytes, as the folder says; the file may have changed since.
    private mutating func read(_ name: String, in folder: Int32, path: String, size: Int) throws(GitError) {
        let file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw .storage(path: path, detail: String(cString: strerror(errno))) }
        defer { close(file) }
        var bytes: [UInt8] = []
        // With room for one byte more, the second read tells the end.
        var buffer = [UInt8](repeating: 0, count: max(4_096, min(size, 64 << 10) + 1))
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .storage(path: path, detail: String(cString: strerror(errno))) }
            if count == 0 { break }
            bytes += buffer[..<count]
            guard bytes.count <= rules.limits.fileBytes else { break }
        }
        try rules.countBytes(bytes.count, of: path)
        var id = git_oid()
        guard git_odb_hash(&id, bytes, bytes.count, GIT_OBJECT_BLOB) == 0 else {
            throw .storage(path: path, detail: Library.lastError().text)
        }
        files.append(TreeFile(path: path, blob: ObjectID(id).text, bytes: bytes))
    }
}
