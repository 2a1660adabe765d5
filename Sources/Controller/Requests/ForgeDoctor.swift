package import Configuration
package import Forges
import FoundationEssentials
import PullRequests
package import Reconciling
package import Reports
import StateStore

/// What `doctor` says about the forges of some sources.
package struct ForgeDoctor: Sendable {
    let environment: RunEnvironment
    /// Signs in to a source's forge.
    private let open: @Sendable (Source) throws -> any Forge

    package init(_ environment: RunEnvironment, open: (@Sendable (Source) throws -> any Forge)? = nil) {
        self.environment = environment
        self.open = open ?? { try environment.forge(of: $0) }
    }

    package func checks(_ sources: [Source]) async -> [DoctorCheck] {
        var checks: [DoctorCheck] = []
        for source in sources {
            guard let settings = source.forge else { continue }
            checks += await access(source, settings)
            checks.append(await hook(source, settings))
            if settings.offers.isOn { checks.append(await offers(source, settings)) }
        }
        return checks
    }

    /// Whether we are known there, may read requests, and may write to them; and what the forge tells of its terms.
    private func access(_ source: Source, _ settings: SourceForge) async -> [DoctorCheck] {
        let forge: any Forge
        do {
            forge = try open(source)
        } catch {
            let problem = (error as? ConfigurationError)?.problems.first
            let failure = error as? ForgeError
            return [
                DoctorCheck(
                    name: "forge",
                    outcome: .fail,
                    message: "\(source.name): \(problem?.message ?? failure?.message ?? "The forge cannot be used.")",
                    remedy: problem?.remedy ?? failure?.remedy ?? ""
                )
            ]
        }
        var checks: [DoctorCheck] = []
        do throws(ForgeError) {
            let us = try await forge.ourselves()
            // Before anything is read, as an App that lacks a permission is given no token to read with.
            checks.append(await permission(of: us, forge, source, settings))
            let count = try await forge.open(into: source.branch, since: nil).count
            checks.insert(
                DoctorCheck(
                    name: "forge",
                    outcome: .ok,
                    message:
                        "\(source.name): \(settings.url) knows us as \(us.login), and \(settings.repository) has \(count) open \(count == 1 ? "request" : "requests") against \(source.branch)."
                ),
                at: 0
            )
            let terms = try await forge.terms(of: source.branch, requiring: RequestCheck.gate.context)
            return checks + ForgeTermsReport(source, settings, terms).checks
        } catch {
            let failure = DoctorCheck(
                name: "forge",
                outcome: error.isPassing ? .unknown : .fail,
                message: "\(source.name): \(error.message)",
                remedy: error.remedy
            )
            return [failure] + checks.filter { $0.name != "forge" }
        }
    }

    /// Whether we may set statuses and write comments; the first that is missing is what has to be put right.
    private func permission(
        of us: Person,
        _ forge: any Forge,
        _ source: Source,
        _ settings: SourceForge
    ) async -> DoctorCheck {
        let name = "forge-permission"
        let grants: [ForgeGrant]
        do throws(ForgeError) {
            grants = try await forge.grants()
        } catch {
            return DoctorCheck(
                name: name,
                outcome: .unknown,
                message:
                    "\(source.name): what \(us.login) may do in \(settings.repository) is not known. \(error.message)",
                remedy: error.remedy
            )
        }
        func deeds(_ grants: [ForgeGrant]) -> String { grants.map(\.deed.rawValue).joined(separator: " and ") }
        func needs(_ grants: [ForgeGrant]) -> String {
            var seen: Set<String> = []
            return grants.map(\.need).filter { seen.insert($0).inserted }.joined(separator: "; and ")
        }
        let missing = grants.filter { $0.isGiven == false }
        let unknown = grants.filter { $0.isGiven == nil }
        if !missing.isEmpty {
            return DoctorCheck(
                name: name,
                outcome: .fail,
                message: "\(source.name): \(us.login) may not \(deeds(missing)) in \(settings.repository).",
                remedy: "Give it \(needs(missing))."
            )
        }
        guard unknown.isEmpty else {
            return DoctorCheck(
                name: name,
                outcome: .unknown,
                message:
                    "\(source.name): whether \(us.login) may \(deeds(unknown)) in \(settings.repository) is not known: the "
                    + "forge does not tell.",
                remedy: "See that it has \(needs(unknown))."
            )
        }
        return DoctorCheck(
            name: name,
            outcome: .ok,
            message: "\(source.name): \(us.login) may \(deeds(grants)) in \(settings.repository)."
        )
    }

    private func hook(_ source: Source, _ settings: SourceForge) async -> DoctorCheck {
        guard let webhook = settings.webhook else {
            return DoctorCheck(
                name: "forge-webhook",
                outcome: .ok,
                message: "\(source.name): no webhook is configured, so requests are looked at only once per interval."
            )
        }
        let path: String
        do throws(ConfigurationError) {
            path = try webhook.resolved().path(source: source.name)
        } catch {
            return DoctorCheck(
                name: "forge-webhook",
                outcome: .fail,
                message: "\(source.name): \(error.problems.first?.message ?? "The hook's secret cannot be read.")",
                remedy: error.problems.first?.remedy ?? ""
            )
        }
        let url = (environment.configuration.server.publicURL ?? "") + path
        let memory: ForgeMemory?
        do {
            let documents = try await environment.store.documents(DocumentQuery(.forge, key: source.name))
            memory = try documents.first.map { document in
                try JSONDecoder().decode(ForgeMemory.self, from: Data(document.json.utf8))
            }
        } catch {
            let problem = error as? StateStoreError
            return DoctorCheck(
                name: "forge-webhook",
                outcome: .unknown,
                message: "\(source.name): the webhook is \(url); whether deliveries arrive is not known: "
                    + "\(problem?.message ?? "what is remembered of the forge cannot be read.")",
                remedy: problem?.remedy ?? "See the store's check."
            )
        }
        let last = memory?.deliveredAt.map { "the last delivery came in at \($0.ISO8601Format())" } ?? "no delivery yet"
        let isSilent = (memory?.undelivered ?? 0) >= ForgeMemory.silence
        return DoctorCheck(
            name: "forge-webhook",
            outcome: isSilent ? .warn : .ok,
            message: "\(source.name): the webhook is \(url); \(last).",
            remedy: isSilent ? ForgeMemory.silenceRemedy : ""
        )
    }
}
