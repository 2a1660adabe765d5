/// What can go wrong with the store, and what an operator does about it.
package enum StateStoreError: Error, Equatable, Sendable {
    case folderMissing(place: String, folder: String)
    /// A symbolic link, a folder or a device, where a plain file must be.
    case notAFile(place: String, found: String)
    /// A file of another user, whose journal would be carried out as ours. Users are numbers.
    case notOurs(path: String, owner: UInt32, us: UInt32)
    /// A folder in which any user of the machine may put a file.
    case folderOpen(folder: String)
    /// A file of another program.
    case notAStore(place: String)
    case damaged(place: String, detail: String)
    case newer(place: String, version: Int, known: Int)
    case cannotOpen(place: String, detail: String)
    /// Another process wrote for longer than we wait.
    case busy(place: String)
    /// No room on the disk; `free` is in bytes.
    case full(folder: String, free: Int)
    case cannotUse(place: String, detail: String)
    /// A text that a run was to store and that is beyond its limit, both in bytes; `what` names it.
    case tooLarge(what: String, bytes: Int, limit: Int)
    /// A record that this version cannot read; `what` names it.
    case unreadable(what: String, detail: String)
    case noSuchRun(String)
    case ambiguousRun(String, candidates: [String])
    /// Another process has changed a document since it was read; `what` names it.
    case documentMoved(what: String)
    /// The tenant's lease was taken over, so this process may not write for it any more.
    case leaseLost(tenant: String)
}

extension StateStoreError: CustomStringConvertible {
    package var id: String {
        switch self {
        case .folderMissing: "store-folder-missing"
        case .notAFile: "store-not-a-file"
        case .notOurs: "store-not-ours"
        case .folderOpen: "store-folder-open"
        case .tooLarge: "store-record-too-large"
        case .notAStore: "store-foreign"
        case .damaged: "store-damaged"
        case .newer: "store-newer"
        case .cannotOpen: "store-cannot-open"
        case .busy: "store-busy"
        case .full: "store-full"
        case .cannotUse: "store-failed"
        case .unreadable: "store-record-unreadable"
        case .noSuchRun: "run-not-found"
        case .ambiguousRun: "run-ambiguous"
        case .documentMoved: "store-record-moved"
        case .leaseLost: "lease-lost"
        }
    }

    package var message: String {
        switch self {
        case .folderMissing(let place, let folder):
            "The store \(place) cannot be made: the folder \(folder) does not exist."
        case .notAFile(let place, let found): "The store \(place) is \(found), not a plain file."
        case .notOurs(let path, let owner, let us):
            """
            \(path) belongs to user \(owner), and this program runs as user \(us). A journal in it would be carried out \
            in the tenant, so it was not opened.
            """
        case .folderOpen(let folder):
            "Every user of this machine may put files into \(folder), so a store there cannot be trusted."
        case .notAStore(let place):
            "\(place) is another program's file, not a store of Mitregate. It was left as it is."
        case .damaged(let place, let detail): "The store \(place) is damaged (\(detail)). It was left as it is."
        case .newer(let place, let version, let known):
            """
            The store \(place) was written by a newer Mitregate (format \(version); this one knows up to \(known)). \
            It was left as it is.
            """
        case .cannotOpen(let place, let detail): "The store \(place) cannot be opened: \(detail)."
        case .busy(let place): "Another process has kept the store \(place) busy for too long."
        case .full(let folder, let free): "No space left on \(folder) (\(Self.size(free)))."
        case .cannotUse(let place, let detail): "The store \(place) failed: \(detail)."
        case .tooLarge(let what, let bytes, let limit):
            "\(what.capitalizingFirst) takes \(Self.size(bytes)), and the store keeps at most \(Self.size(limit)) of it."
        case .unreadable(let what, let detail): "The store's record of \(what) cannot be read: \(detail)."
        case .noSuchRun(let prefix): "No run's id begins with \"\(prefix)\"."
        case .ambiguousRun(let prefix, let candidates):
            "Several runs' ids begin with \"\(prefix)\": \(candidates.joined(separator: ", "))."
        case .documentMoved(let what):
            "Another process has changed the store's record of \(what) since it was read, so nothing was stored over it."
        case .leaseLost(let tenant):
            "Another run has taken over the tenant \(tenant); this one stopped writing for it."
        }
    }

    package var remedy: String {
        switch self {
        case .folderMissing(_, let folder):
            "Make the folder \(folder), readable only by Mitregate's user, or correct store.url."
        case .notAFile:
            "Give store.url the path of a plain file: a link could lead the journal into another user's folder."
        case .notOurs(let path, _, _):
            "Run Mitregate as the user who owns \(path). If the file is yours, change its owner; otherwise remove it."
        case .folderOpen(let folder):
            "Keep the store in a folder of Mitregate's user, or take that right away: chmod o-w \(folder)"
        case .notAStore: "Give store.url a path of its own."
        case .damaged(let place, _):
            """
            Restore \(place) from a backup. Without one, move it and its -wal and -shm files away; a new store is made, \
            and the next plan shows every managed connector as not yet applied.
            """
        case .newer: "Run the newer version, or restore a copy from before the upgrade."
        case .cannotOpen(let place, _): "Let Mitregate's user read and write \(place) and its folder."
        case .busy: "Find out which process it is (fuser names it). If it hangs, end it, and try again."
        case .full: "Free some space, then run again: an unfinished run goes on from its journal."
        case .cannotUse:
            "Check the disk and the file's folder, then run again: an unfinished run goes on from its journal."
        case .tooLarge: "This is far more than any tenant needs. Report it, with the run's output."
        case .unreadable: "Run the version that wrote it."
        case .noSuchRun: "`mitregate history` lists the runs."
        case .ambiguousRun: "Give more characters of the one you mean."
        case .documentMoved: "Run the command again. The controller looks again by itself."
        case .leaseLost: "Nothing to do: the run that took over goes on from the journal."
        }
    }

    /// Bytes as a person reads them; whole units only.
    private static func size(_ bytes: Int) -> String {
        switch bytes {
        case ..<(10 << 10): "\(bytes) B"
        case ..<(10 << 20): "\(bytes >> 10) KiB"
        default: "\(bytes >> 20) MiB"
        }
    }

    package var description: String { "\(message) \(remedy)" }
}

extension String {
    fileprivate var capitalizingFirst: String { prefix(1).uppercased() + dropFirst() }
}
