import ExchangeSimulator
import Foundation
import TestSupport

extension Laboratory {
    /// Builds a second one that starts where this one stands: the same repository, store and tenant, in a folder and a
    /// simulator of its own.
    package func twin<T: Sendable>(settings: String = "", _ body: (Laboratory) async throws -> T) async throws -> T {
        try await withTemporaryFolder { copy in
            for item in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
                try FileManager.default.copyItem(at: item, to: copy.appending(path: item.lastPathComponent))
            }
            let twin = Laboratory(
                folder: copy,
                repository: Repository(opening: copy.appending(path: repository.folder.lastPathComponent)),
                simulator: try await ExchangeSimulator.start(seed: simulator.state()),
                mitregate: Program(in: copy)
            )
            do {
                try twin.configure(settings: settings)
                let result = try await body(twin)
                await twin.simulator.stop()
                return result
            } catch {
                await twin.simulator.stop()
                throw error
            }
        }
    }
}
