import Connectors

extension Section {
    /// An entry of `tenants`; `nil` when something without a default is missing.
    func tenant() -> TenantConfiguration? {
        let name = self.name("a tenant")
        placeholders = name.map { ["name": $0] }
        let path = repositoryPath()
        let tenantId = guid(
            "tenantId",
            in: "the tenant",
            remedy: "It is the directory (tenant) id in the Entra admin center."
        )
        let organization = self.organization()
        let cloud = word("cloud", Cloud.worldwide)
        let credentials = self.credentials()
        let endpoints = self.endpoints()
        let readTimeout = duration("readTimeout", .seconds(90), atLeast: .seconds(1))
        let interval = duration("interval", .seconds(300), atLeast: .seconds(1))
        let changes = word("changes", TenantPolicy.Changes.apply)
        let drift = word("drift", TenantPolicy.Drift.report)
        let prune = word("prune", TenantPolicy.Prune.orphan)
        let limits = self.limits()
        let bake = duration("bake", .zero)
        let freezes = sections("freezes").compactMap { $0.freeze() }
        let validate = word("validate", TenantConfiguration.Validation.none)
        let correctAfter = duration("correctAfter", .seconds(900), atLeast: .seconds(1))
        let (watch, onRegression) = self.watch()
        let audit = word("audit", TenantConfiguration.Audit.search)
        if audit == .feed, cloud == .china {
            context.add(
                "config-cloud",
                at: place(of: "audit"),
                "audit is feed, and the cloud run by 21Vianet has no activity feed.",
                remedy: "Remove audit; drift is reported without its author there."
            )
        }
        let labels = self.labels()
        let templates = self.templates()
        let values = self.values(for: templates)
        finish(in: "a tenant")
        guard let name, let path, let tenantId, let organization, let credentials else { return nil }
        return TenantConfiguration(
            name: name,
            path: path,
            labels: labels,
            tenantId: tenantId,
            organization: organization,
            cloud: cloud,
            credentials: credentials,
            endpoints: endpoints,
            readTimeout: readTimeout,
            interval: interval,
            policy: TenantPolicy(changes: changes, drift: drift, prune: prune, limits: limits, freezes: freezes),
            bake: bake,
            validate: validate,
            onRegression: onRegression,
            correctAfter: correctAfter,
            watch: watch,
            audit: audit,
            templates: templates,
            values: values
        )
    }

    func guid(_ key: String, in name: String, remedy: String) -> String? {
        guard let (text, origin) = text(key) else {
            if !has(key) { missing(key, in: name, remedy: remedy) }
            return nil
        }
        guard let normal = GUIDText.normal(text) else {
            context.add(
                "config-guid",
                at: origin,
                "\(key) is not a GUID: \(text.quoted).",
                remedy: "Write it as 00000000-0000-0000-0000-000000000000. \(remedy)"
            )
            return nil
        }
        return normal
    }

    /// A folder of the repository, without a slash at its ends.
    private func repositoryPath() -> String? {
        guard let (text, origin) = text("path") else {
            if !has("path") {
                missing("path", in: "the tenant", remedy: "Name its folder in the repository; path: . is the root.")
            }
            return nil
        }
        let parts = text.split(separator: "/").filter { $0 != "." }
        guard !text.hasPrefix("/"), !parts.contains(".."), !text.contains("\\") else {
            context.add(
                "config-path",
                at: origin,
                "path leads out of the repository: \(text.quoted).",
                remedy: "Name a folder inside it, from its root, as in path: tenants/contoso."
            )
            return nil
        }
        return parts.joined(separator: "/")
    }

    private func organization() -> String? {
        guard let (text, origin) = text("organization") else {
            if !has("organization") {
                missing(
                    "organization",
                    in: "the tenant",
                    remedy: "It is the tenant's initial domain, as in contoso.onmicrosoft.com."
                )
            }
            return nil
        }
        guard let domain = DomainName(text) else {
            context.add(
                "config-domain",
                at: origin,
                "organization is not a domain: \(text.quoted).",
                remedy: "It is the tenant's initial domain, as in contoso.onmicrosoft.com."
            )
            return nil
        }
        return domain.description
    }

    /// How mail is watched, and what a failed validation or bake does: the same, where the file says it.
    private func watch() -> (MailWatchSettings, RegressionResponse) {
        var watch = MailWatchSettings()
        guard let section = optionalSection("watch") else { return (watch, .rollBack) }
        watch.mail = section.word("mail", watch.mail)
        let settle = section.duration("settle", watch.settle)
        watch.settle = section.atMost(.seconds(6 * 3_600), settle, "settle", watch.settle)
        let length = section.duration("for", watch.length, atLeast: .seconds(2 * 3_600))
        watch.length = section.atMost(.seconds(7 * 86_400), length, "for", watch.length)
        watch.onRegression = section.word("onRegression", watch.onRegression)
        if watch.length < watch.settle + .seconds(5_400) {
            context.add(
                "config-out-of-range",
                at: section.place(of: "for"),
                "for is \(watch.length.configured), which leaves less than 1h30m to judge mail after settle.",
                remedy: "Make for longer, or settle shorter."
            )
        }
        section.finish(in: "watch")
        return (watch, section.has("onRegression") ? watch.onRegression : .rollBack)
    }

    private func atMost(_ maximum: Duration, _ given: Duration, _ key: String, _ default: Duration) -> Duration {
        guard given > maximum else { return given }
        context.add(
            "config-out-of-range",
            at: place(of: key),
            "\(key) is longer than \(maximum.configured).",
            remedy: "The default is \(`default`.configured)."
        )
        return `default`
    }

    private func limits() -> TenantPolicy.Limits {
        let fallback = TenantPolicy.Limits()
        guard let section = optionalSection("limits") else { return fallback }
        let limits = TenantPolicy.Limits(
            changes: section.integer("changes", fallback.changes, in: 0...100_000),
            deletes: section.integer("deletes", fallback.deletes, in: 0...100_000)
        )
        section.finish(in: "limits")
        return limits
    }

    private func freeze() -> TenantPolicy.Freeze? {
        let cron = text("cron")
        if cron == nil, !has("cron") {
            missing("cron", in: "a freeze", remedy: "Say when it begins, as in cron: \"0 18 * * FRI\".")
        }
        if let cron { check(cron: cron.text, at: cron.origin) }
        let length = duration("duration", .zero)
        if !has("duration") {
            missing("duration", in: "a freeze", remedy: "Say how long it lasts, as in duration: 62h.")
        } else if length == .zero, context.problems.isEmpty {
            context.add(
                "config-out-of-range",
                at: place(of: "duration"),
                "a freeze of no length freezes nothing.",
                remedy: "Give it a length, or remove it."
            )
        }
        let zone = text("timeZone")
        if let zone { check(timeZone: zone.text, at: zone.origin) }
        finish(in: "a freeze")
        return cron.map { cron in
            TenantPolicy.Freeze(
                cron: cron.text,
                durationSeconds: Int(length.components.seconds),
                timeZone: zone?.text ?? "UTC"
            )
        }
    }

    private func check(cron text: String, at origin: Origin) {
        do {
            _ = try CronSchedule(text)
        } catch {
            context.add(
                "config-cron",
                at: origin,
                "cron is not a valid schedule: \(error.reason).",
                remedy: "Write it as in crontab(5): \"0 18 * * FRI\" is every Friday at 18:00."
            )
        }
    }

    private func check(timeZone name: String, at origin: Origin) {
        switch TimeZoneName.problem(in: name) {
        case nil: break
        case .unknown:
            context.add(
                "config-time-zone",
                at: origin,
                "no time zone of this machine's database is named \(name.quoted).",
                remedy: "Use a name such as Europe/Zurich, or UTC."
            )
        case .noDatabase:
            context.add(
                "config-time-zone",
                at: origin,
                "this machine has no time zone database (\(TimeZoneName.folder)).",
                remedy: "Install the package tzdata, or use UTC."
            )
        }
    }

    private func endpoints() -> TenantEndpoints {
        guard let section = optionalSection("endpoints") else { return TenantEndpoints() }
        let endpoints = TenantEndpoints(
            login: section.endpoint("login"),
            exchange: section.endpoint("exchange"),
            graph: section.endpoint("graph"),
            activity: section.endpoint("activity"),
            caFile: section.file("caFile")
        )
        section.finish(in: "endpoints")
        return endpoints
    }

    private func endpoint(_ key: String) -> String? {
        guard let (text, origin) = text(key) else { return nil }
        let remedy = "Write it as https://HOST; http is taken only for 127.0.0.1, [::1] and localhost."
        guard let address = WebAddress(text), address.scheme == "https" || address.scheme == "http",
            address.userInfo == nil, !address.path.contains("?"), !address.path.contains("#")
        else {
            context.add("config-endpoint", at: origin, "\(key) is not an address of a server.", remedy: remedy)
            return nil
        }
        guard address.scheme == "https" || address.isLoopback else {
            context.add(
                "config-endpoint",
                at: origin,
                "\(key) is http, and the token would be sent in clear.",
                remedy: remedy
            )
            return nil
        }
        var trimmed = text
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        return trimmed
    }
}
