package import Foundation

/// What forges say of themselves, where it is at hand: in the folder that `FORGE_FACTS` names, or next to the package.
package enum ForgeFacts {
    package static let package = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let folder =
        ProcessInfo.processInfo.environment["FORGE_FACTS"].map { URL(filePath: $0) }
        ?? package.appending(path: "../shared/forges")

    package static var areAtHand: Bool { FileManager.default.fileExists(atPath: folder.path) }

    /// A file of it, such as `recordings/gitea.json`; `nil` in a clone that stands alone.
    package static func bytes(_ name: String) throws -> [UInt8]? {
        let file = folder.appending(path: name)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return try Array(Data(contentsOf: file))
    }
}
