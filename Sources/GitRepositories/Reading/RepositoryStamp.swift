import Glibc

/// What tells that a repository is still the one that was opened: not removed and made again, not given to another user, not
/// configured in another way, and without a pack less or more.
struct RepositoryStamp: Equatable {
    private struct File: Equatable {
        let (device, inode, owner): (dev_t, ino_t, uid_t)
        let (size, seconds, nanoseconds): (Int, Int, Int)

        /// - Parameter isTimed: Whether its size and time count; those of a folder change with each name in it.
        init?(_ path: String, isTimed: Bool = false) {
            var facts = stat()
            guard lstat(path, &facts) == 0 else { return nil }
            (device, inode, owner) = (facts.st_dev, facts.st_ino, facts.st_uid)
            size = isTimed ? facts.st_size : 0
            (seconds, nanoseconds) = isTimed ? (facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec) : (0, 0)
        }
    }

    private let files: [File]

    /// `nil` where it is laid out in another way, as a linked work tree is; such a repository is opened for each reader.
    init?(_ path: String) {
        let hidden = File("\(path)/.git")
        let folder = hidden == nil ? path : "\(path)/.git"
        guard let top = File(path), let config = File("\(folder)/config", isTimed: true),
            let objects = File("\(folder)/objects"), let packs = File("\(folder)/objects/pack", isTimed: true)
        else { return nil }
        files = [top, config, objects, packs] + (hidden.map { [$0] } ?? [])
    }
}
