package import Configuration
import ExchangeOnline
package import GitRepositories
import Reports
import StateStore
import Transfers

/// Fetches each source once in a pass, however many of its tenants ask.
///
/// A tenant that stops waiting stops no other's fetch.
package actor SourceReader {
    private let environment: RunEnvironment
    private var snapshots: [Wanted: SharedTask<Result<SourceSnapshot, RunStop>>] = [:]

    /// Commits below a tip whose signatures were good, with the file of allowed signers that said so.
    private var verified: [String: String] = [:]

    private struct Wanted: Hashable {
        let source: String
        let reference: SourceReference
    }

    /// How long one fetch may take before its process is ended.
    package static let deadline: Duration = .seconds(120)

    /// - Parameter known: Snapshots that are used as they are, by the name of their source; those are not fetched.
    package init(_ environment: RunEnvironment, known: [String: SourceSnapshot] = [:]) {
        self.environment = environment
        for (source, snapshot) in known {
            snapshots[Wanted(source: source, reference: .branch)] = SharedTask { .success(snapshot) }
        }
    }

    /// The commit of a source that is planned: the tip of its branch, unless another is asked for.
    package func snapshot(
        of source: Source,
        at reference: SourceReference = .branch
    ) async throws(RunStop) -> SourceSnapshot {
        let wanted = Wanted(source: source.name, reference: reference)
        if let running = snapshots[wanted], let result = await running.value() { return try result.get() }
        guard !Task.isCancelled else { throw .interrupted }
        let environment = environment
        let task = SharedTask { () -> Result<SourceSnapshot, RunStop> in
            do throws(RunStop) {
                return .success(try await Self.read(source, reference, environment))
            } catch {
                return .failure(error)
            }
        }
        snapshots[wanted] = task
        guard let result = await task.value() else { throw .interrupted }
        return try result.get()
    }

    /// Checks the signatures of commits below a tip, each once in a pass, however many of the source's tenants ask.
    func verify(
        _ commits: [String],
        in snapshot: SourceSnapshot,
        by verification: SignatureVerification
    ) async throws(GitError) {
        for commit in commits where verified[commit] != verification.allowedSigners {
            _ = try await snapshot.storage.verify(
                commit: commit,
                allowedSigners: verification.allowedSigners,
                now: environment.timing.now()
            )
            verified[commit] = verification.allowedSigners
        }
    }

    private static func read(
        _ source: Source,
        _ reference: SourceReference,
        _ environment: RunEnvironment
    ) async throws(RunStop) -> SourceSnapshot {
        do {
            let snapshot = try await open(source, reference, environment)
            if let verification = source.verification {
                _ = try await snapshot.storage.verify(
                    commit: snapshot.commit.id,
                    allowedSigners: verification.allowedSigners,
                    now: environment.timing.now()
                )
            }
            return snapshot
        } catch let error as GitError {
            throw RunStop(error)
        } catch let error as ConfigurationError {
            throw RunStop(error)
        } catch let stop as RunStop {
            throw stop
        } catch {
            throw RunStop(.error, id: "source-unreadable", "\(error)")
        }
    }

    private static func open(
        _ source: Source,
        _ reference: SourceReference,
        _ environment: RunEnvironment
    ) async throws -> SourceSnapshot {
        if source.url.hasPrefix("/") {
            let local = LocalRepository(path: source.url)
            let commit =
                switch reference {
                case .branch: try await local.tip(of: source.branch)
                case .workingTree: try await local.head()
                case .named(let name): try await local.resolve(name)
                }
            return SourceSnapshot(storage: local, commit: commit, local: local)
        }
        let branch = reference.branch ?? source.branch
        environment.tell(source.name, "fetching \(branch)")
        defer { environment.tell(source.name, nil) }
        let mirror = GitMirror(
            folder: "\(environment.configuration.mirrors)/\(source.name)",
            remote: try remote(of: source, branch: branch)
        )
        _ = try await mirror.fetch(
            executable: environment.executable,
            arguments: ["git-fetch"],
            deadline: deadline,
            clock: environment.timing.clock
        )
        let commit =
            if case .named(let name) = reference, reference.branch == nil { try await mirror.resolve(name) } else {
                try await mirror.snapshot()
            }
        return SourceSnapshot(storage: mirror, commit: commit, local: nil)
    }

    /// Where requests' heads are kept, next to what was read of the source.
    package static func requests(
        of source: Source,
        at snapshot: SourceSnapshot,
        _ environment: RunEnvironment
    ) throws(RunStop) -> RequestMirror {
        let place = try place("requests", of: source, environment)
        return RequestMirror(folder: place.folder, remote: place.remote, base: snapshot.storage.repositoryPath)
    }

    /// Where commits of ours are made, next to what was read of the source.
    package static func branches(
        of source: Source,
        at snapshot: SourceSnapshot,
        _ environment: RunEnvironment
    ) throws(RunStop) -> BranchMirror {
        let place = try place("branches", of: source, environment)
        return BranchMirror(folder: place.folder, remote: place.remote, base: snapshot.storage.repositoryPath)
    }

    /// A mirror of a source that is kept for one purpose, next to the mirror of its branch.
    private static func place(
        _ purpose: String,
        of source: Source,
        _ environment: RunEnvironment
    ) throws(RunStop) -> (folder: String, remote: GitRemote) {
        do {
            // The name of a source has no tilde, so no source has this folder.
            let folder = "\(environment.configuration.mirrors)/\(source.name)~\(purpose)"
            return (folder, try remote(of: source, branch: source.branch))
        } catch let error as ConfigurationError {
            throw RunStop(error)
        } catch {
            throw RunStop(.error, id: "source-unreadable", "\(error)")
        }
    }

    /// How this program is called for git's work that may hang.
    package static func child(_ environment: RunEnvironment) -> GitChild {
        GitChild(
            executable: environment.executable,
            arguments: ["git-fetch"],
            deadline: deadline,
            clock: environment.timing.clock
        )
    }

    private static func remote(of source: Source, branch: String) throws -> GitRemote {
        GitRemote(
            url: source.url,
            branch: branch,
            credentials: source.url.hasPrefix("/") ? .none : try credentials(source.access),
            caFile: source.access.caFile,
            knownHosts: source.access.knownHosts
        )
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
}
