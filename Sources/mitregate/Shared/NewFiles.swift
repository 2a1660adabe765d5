import Foundation
import Onboarding
import Reports

/// Writes files into a folder, and never over one that is there.
struct NewFiles {
    /// The folder as it was named.
    let folder: String

    /// What became of each file, by its path in the folder.
    struct Outcome {
        var written: [String] = []
        /// There was a file of that name; it is as it was.
        var kept: [String] = []
    }

    private var root: URL { URL(filePath: folder, directoryHint: .isDirectory).absoluteURL.standardizedFileURL }

    /// - Throws: `CommandFailure` when a file cannot be written, or would land outside the folder.
    func write(_ files: [StarterFile]) throws -> Outcome {
        var outcome = Outcome()
        for file in files {
            let target = root.appending(path: file.path)
            try makeFolder(for: file.path)
            if try create(target, file) { outcome.written.append(file.path) } else { outcome.kept.append(file.path) }
        }
        return outcome
    }

    /// Makes the folder of a file.
    ///
    /// - Throws: `CommandFailure` also where a link leads away: a repository may hold one of that name.
    func makeFolder(for path: String) throws {
        let parent = root.appending(path: path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        } catch {
            throw failure(path, Self.reason(error))
        }
        let (inner, outer) = (
            parent.resolvingSymlinksInPath().pathComponents, root.resolvingSymlinksInPath().pathComponents
        )
        guard inner.starts(with: outer),
            inner.count == parent.pathComponents.count - root.pathComponents.count + outer.count
        else {
            throw failure(path, "a symbolic link leads away from there")
        }
    }

    /// - Returns: False when something of that name is there.
    private func create(_ target: URL, _ file: StarterFile) throws -> Bool {
        let path = target.path(percentEncoded: false)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, file.isSecret ? 0o600 : 0o666)
        if descriptor < 0 {
            guard errno != EEXIST else { return false }
            throw failure(file.path, String(cString: strerror(errno)))
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: Data(file.text.utf8))
            try handle.close()
        } catch {
            // Half a file would be kept by the next attempt.
            unlink(path)
            throw failure(file.path, Self.reason(error))
        }
        return true
    }

    private func failure(_ path: String, _ reason: String) -> CommandFailure {
        CommandFailure(
            .error,
            id: "not-written",
            "\(folder)/\(path) cannot be written: \(reason).",
            remedy:
                "Make the folder writable, or name another one; what was written before stays, and is not written again."
        )
    }

    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        guard let code = underlying?.code, underlying?.domain == NSPOSIXErrorDomain else {
            return (error as NSError).localizedDescription
        }
        return String(cString: strerror(Int32(truncatingIfNeeded: code)))
    }
}
