import Foundation

/// The forges' own descriptions, recordings and deliveries, which are not part of the repository.
enum SharedForges {
    /// `FORGE_DESCRIPTIONS`, else `../shared/forges` next to the repository.
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["FORGE_DESCRIPTIONS"] { return URL(filePath: path) }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return root.deletingLastPathComponent().appending(path: "shared/forges")
    }()

    static var isAtHand: Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: "webhooks").path(percentEncoded: false))
    }
}
