import Configuration
import Forges
import FoundationEssentials
import Scheduling
import Site
import Synchronization

/// Takes what forges deliver: nothing in it is believed, it only makes the next look sooner.
final class HookKeeper: Sendable {
    private struct Hook: Sendable {
        var source: String
        var deliveries: any Deliveries
        var repository: String
        var secret: HookSecret
    }

    private struct State {
        var hooks: [String: Hook] = [:]
        var known = DeliveryMemory()
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Date
    /// Called with the source, and the request that it is about where the delivery tells one.
    private let hint: @Sendable (_ source: String, Hint) -> Void

    init(now: @escaping @Sendable () -> Date, hint: @escaping @Sendable (String, Hint) -> Void) {
        self.now = now
        self.hint = hint
    }

    /// Takes over a configuration; a secret that cannot be read leaves its hook closed.
    ///
    /// - Returns: What is wrong and what to do about it, by source.
    func adopt(_ configuration: Configuration) -> [String: String] {
        var hooks: [String: Hook] = [:]
        var troubles: [String: String] = [:]
        for source in configuration.sources {
            guard let forge = source.forge, let webhook = forge.webhook else { continue }
            do throws(ConfigurationError) {
                let secret = try webhook.resolved()
                hooks[secret.path(source: source.name)] = Hook(
                    source: source.name,
                    deliveries: Forges.ForgeSettings.Kind(forge.kind).deliveries,
                    repository: forge.repository,
                    secret: secret
                )
            } catch {
                troubles[source.name] =
                    error.problems.first.map { "\($0.text) \($0.remedy)" } ?? "The hook's secret cannot be read."
            }
        }
        state.withLock { $0.hooks = hooks }
        return troubles
    }

    func knows(_ name: String) -> Bool { state.withLock { $0.hooks["/hook/\(name)"] != nil } }

    func take(_ delivery: HookDelivery) {
        guard let hook = state.withLock({ $0.hooks["/hook/\(delivery.hook)"] }) else { return }
        let received = Forges.Delivery(headers: delivery.headers, body: delivery.body)
        guard let hint = hook.deliveries.hint(in: received, secret: hook.secret) else { return }
        if let repository = hint.repository, repository.lowercased() != hook.repository.lowercased() { return }
        if let id = hint.delivery {
            let isNew = state.withLock { $0.known.isNew(id, source: hook.source, at: now()) }
            guard isNew else { return }
        }
        // What is about nothing of ours, such as a comment on an issue, must not set the pace of our looks.
        guard hint.event != .other else { return }
        self.hint(hook.source, hint)
    }
}

extension ObjectConditions {
    /// Which sources' hooks are closed, as their secret cannot be read.
    ///
    /// - Parameter troubles: What is wrong and what to do about it, by source.
    func replace(hooks troubles: [String: String], of sources: [Source]) async {
        let former = conditions.filter { $0.type == .webhookClosed }.map(\.object)
        for object in Set(former + sources.map { "Source/\($0.name)" }).sorted() {
            let trouble = troubles[String(object.dropFirst("Source/".count))]
            let finding = trouble.map { trouble in
                Finding(
                    object,
                    .webhookClosed,
                    reason: "SecretUnreadable",
                    severity: .warning,
                    message: """
                        Deliveries of the forge's webhook are not accepted, so its requests are looked at once per interval. \
                        \(trouble) Then reload the configuration: systemctl reload mitregate-controller, or SIGHUP.
                        """
                )
            }
            await replace([.webhookClosed], of: object, with: finding.map { [$0] } ?? [])
        }
    }
}

extension ForgeWebhook {
    /// The secret, read now.
    func resolved() throws(ConfigurationError) -> HookSecret {
        switch self {
        case .secret(let secret): .secret(try secret.resolve())
        case .user(let user, let password): .user(user, password: try password.resolve())
        }
    }
}

extension Forges.ForgeSettings.Kind {
    init(_ kind: SourceForge.Kind) {
        self =
            switch kind {
            case .github: .github
            case .gitlab: .gitlab
            case .gitea: .gitea
            case .forgejo: .forgejo
            case .azureDevOps: .azureDevOps
            }
    }
}
