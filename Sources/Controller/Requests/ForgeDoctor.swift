package import Configuration
import Forges
import FoundationEssentials
import PullRequests
package import Reconciling
package import Reports
import StateStore

/// What `doctor` says about the forges of some sources.
package struct ForgeDoctor: Sendable {
    let environment: RunEnvironment

    package init(_ environment: RunEnvironment) { self.environment = environment }

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

    /// Whether we are known there, may read requests and may write to the repository, which statuses take.
    private func access(_ source: Source, _ settings: SourceForge) async -> [DoctorCheck] {
        let forge: any Forge
        do {
            forge = try environment.forge(of: source)
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
        do throws(ForgeError) {
            let us = try await forge.ourselves()
            let count = try await forge.open(into: source.branch, since: nil).count
            var checks = [
                DoctorCheck(
                    name: "forge",
                    outcome: .ok,
                    message:
                        "\(source.name): \(settings.url) knows us as \(us.login), and \(settings.repository) has \(count) open \(count == 1 ? "request" : "requests") against \(source.branch)."
                )
            ]
            let mayWrite = try await forge.mayWrite(us)
            checks.append(
                DoctorCheck(
                    name: "forge-permission",
                    outcome: mayWrite ? .ok : .warn,
                    message: mayWrite
                        ? "\(source.name): \(us.login) may write to \(settings.repository), which statuses need."
                        : "\(source.name): \(us.login) may not write to \(settings.repository), so it may be refused statuses.",
                    remedy: mayWrite ? "" : "Give it the permission to write commit statuses and comments there."
                )
            )
            let terms = try await forge.terms(of: source.branch, requiring: RequestCheck.gate.context)
            return checks + ForgeTermsReport(source, settings, terms).checks
        } catch {
            return [
                DoctorCheck(
                    name: "forge",
                    outcome: error.isPassing ? .unknown : .fail,
                    message: "\(source.name): \(error.message)",
                    remedy: error.remedy
                )
            ]
        }
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
