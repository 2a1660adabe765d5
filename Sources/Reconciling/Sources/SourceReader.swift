package import Configuration
import ExchangeOnline
import Foundation
import GitRepositories
import Reports
import StateStore

/// Fetches each source once, whichever of its tenants asks first.
package actor SourceReader {
    private let environment: RunEnvironment
    private var snapshots: [String: Task<Result<SourceSnapshot, RunStop>, Never>] = [:]

    /// How long one fetch may take before its process is ended.
    package static let deadline: Duration = .seconds(120)

    package init(_ environment: RunEnvironment) { self.environment = environment }

    /// The tip of a source's branch, or HEAD for a path on this machine.
    package func snapshot(of source: Source) async throws(RunStop) -> SourceSnapshot {
        let task: Task<Result<SourceSnapshot, RunStop>, Never>
        if let running = snapshots[source.name] {
            task = running
        } else {
            let environment = environment
            task = Task {
                do throws(RunStop) {
                    return .success(try await Self.read(source, environment))
                } catch {
                    return .failure(error)
                }
            }
            snapshots[source.name] = task
        }
        return try await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }.get()
    }

    private static func read(_ source: Source, _ environment: RunEnvironment) async throws(RunStop) -> SourceSnapshot {
        do {
            let snapshot = try await open(source, environment)
            if let verification = source.verification {
                _ = try await snapshot.storage.verify(
                    commit: snapshot.commit.id,
                    allowedSigners: verification.allowedSigners
                )
            }
            return snapshot
        } catch let error as GitError {
            throw RunStop(error)
        } catch let stop as RunStop {
            throw stop
        } catch {
            throw RunStop(.error, id: "source-unreadable", "\(error)")
        }
    }

    private static func open(_ source: Source, _ environment: RunEnvironment) async throws -> SourceSnapshot {
        if source.url.hasPrefix("/") {
            let local = LocalRepository(path: source.url)
            return SourceSnapshot(storage: local, commit: try await local.head(), local: local)
        }
        environment.tell(source.name, "fetching \(source.branch)")
        defer { environment.tell(source.name, nil) }
        let mirror = GitMirror(
            folder: try folder(of: source, environment),
            remote: GitRemote(
                url: source.url,
                branch: source.branch,
                credentials: try credentials(source.access),
                caFile: source.access.caFile,
                knownHosts: source.access.knownHosts
            )
        )
        _ = try await mirror.fetch(
            executable: environment.executable,
            arguments: ["git-fetch"],
            deadline: deadline,
            clock: environment.timing.clock
        )
        return SourceSnapshot(storage: mirror, commit: try await mirror.snapshot(), local: nil)
    }

    private static func credentials(_ access: GitAccess) throws -> GitCredentials {
        switch access.authentication {
        case .none: .none
        case .token(let secret): .userPassword(user: "x-access-token", password: try secret.resolve())
        case .password(let user, let secret): .userPassword(user: user, password: try secret.resolve())
        case .privateKey(let file, let passphrase):
            .sshKey(privateKey: file, passphrase: try passphrase.map { try $0.resolve() })
        }
    }

    /// A mirror lies beside the store and may be deleted at any time.
    private static func folder(of source: Source, _ environment: RunEnvironment) throws -> String {
        let store = URL(filePath: environment.store.path)
        let folder = store.deletingLastPathComponent().appending(path: "\(store.lastPathComponent)-mirrors")
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        return folder.appending(path: source.name).path(percentEncoded: false)
    }
}
