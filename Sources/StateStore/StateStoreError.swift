/// What can go wrong with the store, and what an operator does about it.
package enum StateStoreError: Error, Equatable, Sendable {
    case folderMissing(path: String, folder: String)
    /// A symbolic link, a folder or a device, where a plain file must be.
    case notAFile(path: String, found: String)
    /// A file of another program.
    case notAStore(path: String)
    case damaged(path: String, detail: String)
    case newer(path: String, version: Int, known: Int)
    case cannotOpen(path: String, detail: String)
    /// Another process held the file for longer than `StateStore.patience`.
    case busy(path: String)
    case full(path: String)
    case cannotUse(path: String, detail: String)
    /// A record that this version cannot read; `what` names it.
    case unreadable(what: String, detail: String)
    case noSuchRun(String)
    case ambiguousRun(String, candidates: [String])
    /// The tenant's lease was taken over, so this process may not write for it any more.
    case leaseLost(tenant: String)
}

extension StateStoreError: CustomStringConvertible {
    package var id: String {
        switch self {
        case .folderMissing: "store-folder-missing"
        case .notAFile: "store-not-a-file"
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
        case .leaseLost: "lease-lost"
        }
    }

    package var message: String {
        switch self {
        case .folderMissing(let path, let folder):
            "The store \(path) cannot be made: the folder \(folder) does not exist."
        case .notAFile(let path, let found): "The store \(path) is \(found), not a plain file."
        case .notAStore(let path):
            "\(path) is a file of another program, not a store of Mitregate. It was left as it is."
        case .damaged(let path, let detail): "The store \(path) is damaged (\(detail)). It was left as it is."
        case .newer(let path, let version, let known):
            """
            The store \(path) was written by a newer Mitregate (format \(version); this one knows up to \(known)). \
            It was left as it is.
            """
        case .cannotOpen(let path, let detail): "The store \(path) cannot be opened: \(detail)."
        case .busy(let path): "Another process has held the store \(path) for too long."
        case .full(let path): "The disk that holds the store \(path) is full; nothing was written."
        case .cannotUse(let path, let detail): "The store \(path) failed: \(detail)."
        case .unreadable(let what, let detail): "The store's record of \(what) cannot be read: \(detail)."
        case .noSuchRun(let prefix): "No run's id begins with \"\(prefix)\"."
        case .ambiguousRun(let prefix, let candidates):
            "Several runs' ids begin with \"\(prefix)\": \(candidates.joined(separator: ", "))."
        case .leaseLost(let tenant):
            "Another process has taken over the tenant \(tenant); this one stopped writing for it."
        }
    }

    package var remedy: String {
        switch self {
        case .folderMissing(_, let folder):
            "Make the folder \(folder), readable only by Mitregate's user, or correct store.url."
        case .notAFile: "Give store.url the path of a plain file; a link could lead the journal into another's folder."
        case .notAStore: "Give store.url a path of its own."
        case .damaged(let path, _):
            """
            Restore \(path) from a backup. Without one, move it and its -wal and -shm files away; a new store is made, \
            and the next plan shows every managed connector as not yet applied.
            """
        case .newer: "Run the newer version, or restore a copy from before the upgrade."
        case .cannotOpen(let path, _): "Let Mitregate's user read and write \(path) and its folder."
        case .busy: "See which process it is (fuser names it); end it if it hangs, then try again."
        case .full: "Free some space, then run again: the journal says where to go on."
        case .cannotUse: "Check the disk and the file's folder, then run again: the journal says where to go on."
        case .unreadable: "Run the version that wrote it."
        case .noSuchRun: "`mitregate history` lists the runs."
        case .ambiguousRun: "Give more characters of the one you mean."
        case .leaseLost: "Nothing to do: the process that took over goes on from the journal."
        }
    }

    package var description: String { "\(message) \(remedy)" }
}
