import Configuration
import Connectors
import Definitions
import ExchangeOnline
import FoundationEssentials
import GitRepositories
import Planning
import Reports
import StateStore
import TLSGate
import YAML

extension TenantRun {
    /// Reads what git says, straight from the commit's tree; every error in the definitions ends the run.
    static let loadDefinitions: Step = { run throws(RunStop) in
        let (sources, source, reference) = (run.pass.sources, run.source, run.options.reference)
        let snapshot = try await run.environment.untilInterrupted { () throws(RunStop) in
            try await sources.snapshot(of: source, at: reference)
        }
        run.snapshot = snapshot
        run.applied = try await run.remembered().applied
        run.environment.tell(run.tenant.name, "reading definitions")
        do {
            do {
                run.definitions = try await run.parse(snapshot)
            } catch GitError.missingFolder(let path) {
                throw await run.missingFolder(path, snapshot)
            }
            try await run.checkAncestry(snapshot)
            try await run.checkSignatures(snapshot)
        } catch let error as GitError {
            throw RunStop(error)
        } catch let stop as RunStop {
            throw stop
        } catch {
            throw RunStop(.error, id: "definitions-unreadable", "\(error)")
        }
        try run.refuseErrors()
    }

    private mutating func parse(_ snapshot: SourceSnapshot) async throws -> DefinitionSet {
        let now = environment.timing.now()
        guard options.reference == .workingTree else {
            let (storage, commit) = (snapshot.storage, snapshot.commit.id)
            let read = try await TenantDefinitions.read(tenant, at: commit, in: storage, shared.files)
            tree = read.id
            usesTemplates = !tenant.usedTemplates(read.files).isEmpty
            return assemble(read.files, read.templates, now)
        }
        guard let local = snapshot.local else {
            throw RunStop(
                .usage,
                id: "working-tree-remote",
                "--working-tree reads files on this machine, and the source \"\(source.name)\" is \(source.url).",
                remedy: "Point the source's url at a local clone, or omit --working-tree."
            )
        }
        var budget = ReadingBudget()
        let files = try await local.workingFiles(under: tenant.path)
            .filter { DefinitionReader.isDefinition($0.path) }
            .map { DefinitionReader.parse(DefinitionFile(path: $0.path, bytes: $0.bytes), within: &budget) }
        let used = tenant.usedTemplates(files)
        usesTemplates = !used.isEmpty
        let templates = used.isEmpty ? [] : try await local.workingTemplates()
        let library = TemplateLibrary(below: tenant.path, templates, used)
        return assemble(files, library, now)
    }

    mutating func assemble(_ files: [ParsedFile], _ templates: TemplateLibrary, _ now: Date) -> DefinitionSet {
        let scope = definitionScope(templates)
        if keepsInstances { instances = DefinitionReader.expand(files, scope: scope) }
        return DefinitionReader.assemble(files, now: now, scope: scope)
    }

    private func definitionScope(_ templates: TemplateLibrary) -> DefinitionScope {
        tenant.definitionScope(templates, environment.configuration)
    }

    /// A branch that was rewritten, or went back, is held: rule 9.
    private mutating func checkAncestry(_ snapshot: SourceSnapshot) async throws {
        if let local = snapshot.local, options.reference == .branch, options.looksAtWorkTree {
            var changed = try await local.changes(under: tenant.path)
            if usesTemplates { changed += try await local.changes(under: TemplateLibrary.path) }
            if !changed.isEmpty {
                let names = changed.prefix(3).map(\.escapingControls).joined(separator: ", ")
                notes.append(
                    """
                    The work tree differs from the commit that is read: \(names)\(changed.count > 3 ? " and others" : ""). \
                    Commit first, or look at the files as they are with --working-tree.
                    """
                )
            }
        }
        let head = snapshot.commit.id
        guard options.reference == .branch, let last = applied.revision, last != head, options.acceptedRevision != head
        else { return }
        if try await snapshot.storage.isAncestor(last, of: head) { return }
        let went = (try? await snapshot.storage.isAncestor(head, of: last)) ?? false
        guards.append(
            Guard(
                id: went ? "source-older" : "source-rewritten",
                message: """
                    \(went ? "The branch went back to" : "The branch was rewritten: its tip is now") \(head.prefix(12)), \
                    \(went ? "a commit before" : "which does not descend from") \(last.prefix(12)), the commit applied \
                    last. If that is meant, run apply with --accept-revision \(head).
                    """
            )
        )
    }

    /// A tenant's folder that is not there: says who took it away, as the remedy depends on whether that was meant.
    private func missingFolder(_ path: String, _ snapshot: SourceSnapshot) async -> RunStop {
        let plain = RunStop(GitError.missingFolder(path: path))
        guard options.reference != .workingTree,
            let removal = try? await snapshot.storage.removal(of: tenant.path, at: snapshot.commit.id)
        else { return plain }
        let commit = removal.removedBy
        return RunStop(
            .held,
            id: plain.id,
            """
            Commit \(commit.id.prefix(12)) ("\(String(commit.subject.prefix(80)).escapingControls)", \
            \(commit.author.name.escapingControls) <\(commit.author.email.escapingControls)>) removed the folder \
            \(tenant.path), which \(removal.lastSeenIn.prefix(12)) had. The tenant is left as it is.
            """,
            remedy: """
                If that is meant, remove \(tenant.name) from \(environment.configuration.file). If not: \
                git revert \(commit.id.prefix(12))
                """
        )
    }

    private func refuseErrors() throws(RunStop) {
        guard let definitions, definitions.hasErrors else { return }
        let errors = definitions.diagnostics.filter { $0.severity == .error }
        throw RunStop(
            .error,
            id: "definitions-invalid",
            "The definitions of \(tenant.name) have \(errors.count) error\(errors.count == 1 ? "" : "s"), so nothing was planned.",
            remedy: "Fix what is listed; `mitregate validate` checks a folder without a network.",
            cause: .definitionsInvalid,
            diagnostics: definitions.diagnostics
        )
    }

    /// What a plan needs of the store: from the store itself, or from an export of it.
    func remembered() async throws(RunStop) -> RememberedTenant {
        if let states = options.states {
            guard let state = states[tenant.name] else { throw .notInState(tenant.name) }
            return state
        }
        let name = tenant.name
        let state = try await reading { try await $0.state(of: name) }
        let emergencies = try await reading { try await $0.emergencies(of: name) }
        return RememberedTenant(
            tenant: name,
            applied: state.applied,
            quarantine: state.quarantine,
            unfinishedRun: state.unfinished?.run,
            breakGlass: emergencies,
            aheadRuns: try await reading { try await $0.aheadRuns(of: name) }
        )
    }

    /// What holds the tenant now: a commit in quarantine, an earlier run that has not come to its end, emergencies.
    struct Standing {
        var quarantine: Quarantine?
        var unfinished: String?
        var lease: HeldLease?
        var breakGlass: [BreakGlass]
    }

    func standing() async throws(RunStop) -> Standing {
        let name = tenant.name
        if options.states != nil {
            let state = try await remembered()
            return Standing(
                quarantine: state.quarantine,
                unfinished: state.unfinishedRun,
                lease: nil,
                breakGlass: state.breakGlass
            )
        }
        let standing = try await reading { try await $0.standing(of: name) }
        let emergencies = try await reading { try await $0.emergencies(of: name) }
        let (environment, managed) = (environment, managed)
        let quarantine = try await reading { _ in try await environment.naming(standing.quarantine, of: managed) }
        return Standing(
            quarantine: quarantine,
            unfinished: standing.unfinished?.run,
            lease: standing.lease,
            breakGlass: emergencies
        )
    }

    /// Asks the store, and turns its errors into the run's.
    func reading<Value>(
        _ body: (any StateStore) async throws -> Value
    ) async throws(RunStop) -> Value {
        do {
            return try await body(environment.store)
        } catch let error as StateStoreError {
            var stop = RunStop(error)
            if case .full = error, journal == nil { stop.message += " Nothing was written to the tenant." }
            throw stop
        } catch {
            throw RunStop(.error, id: "store-failed", "\(error)")
        }
    }
}

extension LocalRepository {
    /// The files of the folder of templates as they lie in the working tree; none where there is no such folder.
    func workingTemplates() async throws(GitError) -> [TreeFile] {
        do throws(GitError) {
            return try await workingFiles(under: TemplateLibrary.path)
        } catch .missingFolder, .notAFolder {
            return []
        }
    }
}
