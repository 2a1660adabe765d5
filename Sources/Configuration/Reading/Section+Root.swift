import Connectors
import FoundationEssentials

extension Section {
    /// The document as a whole.
    func configuration(requiresSources: Bool) -> Configuration {
        version()
        defaults()
        let sources = sections("sources").map { $0.over(context.sourceDefaults) }.map { ($0, $0.source()) }
        if requiresSources, sources.isEmpty, context.problems.isEmpty {
            context.add(
                "config-no-sources",
                at: place(of: "sources"),
                "no source is listed, so no tenant can be looked after.",
                remedy: "List a repository under sources, with the tenants that it describes."
            )
        }
        let gate = section("gate").gate()
        let store = section("store").store()
        let mirrors = file("mirrors") ?? context.mirrors(nextTo: store.url)
        let server = section("server").server()
        let notices = notices(sources)
        let controllerName = controllerName()
        finish(in: "the configuration")
        findDuplicates(sources)
        var configuration = Configuration(
            file: context.file,
            sources: sources.compactMap(\.1?.source),
            gate: gate,
            store: store,
            mirrors: mirrors,
            server: server,
            notices: notices,
            controllerName: controllerName,
            warnings: context.warnings
        )
        configuration.isServerConfigured = has("server")
        return configuration
    }

    /// What sources and tenants say that do not say otherwise; each is checked where it is used.
    private func defaults() {
        guard let section = optionalSection("defaults") else { return }
        let source = section.optionalSection("source")
        let tenant = section.optionalSection("tenant")
        section.finish(in: "defaults")
        for (section, keys) in [(source, ["name", "url", "tenants", "tenantSets"]), (tenant, ["name", "tenantId"])] {
            for key in keys where section?.has(key) == true {
                section?.refuseDefault(key)
            }
        }
        context.sourceDefaults = source?.below ?? []
        context.tenantDefaults = tenant?.below ?? []
    }

    private func refuseDefault(_ key: String) {
        context.add(
            "config-default",
            at: place(of: key),
            "\(key) cannot be a default: no two may have the same.",
            remedy: "Write it where it belongs, and remove it here."
        )
    }

    private func notices(_ sources: [(Section, ReadSource?)]) -> [NoticeSettings] {
        var names: Set<String> = []
        // What is wrong with a source or a tenant is told already, and not that a notice names it.
        let isRead = !sources.isEmpty && context.problems.isEmpty
        let tenants = isRead ? sources.compactMap(\.1).flatMap(\.source.tenants).map(\.name) : nil
        return sections("notices").compactMap { section in
            guard let notice = section.notice(among: tenants) else { return nil }
            if !names.insert(notice.name).inserted {
                context.add(
                    "config-duplicate-notice",
                    at: section.place(of: "name"),
                    "two notices are named \(notice.name.quoted), and what each still has to send would be mixed.",
                    remedy: "Rename one of them."
                )
            }
            return notice
        }
    }

    private func controllerName() -> String {
        let section = section("controller")
        let name = section.has("name") ? section.name("the controller") : nil
        section.know(["name"])
        section.finish(in: "controller")
        return name ?? "mitregate"
    }

    private func version() {
        for (key, expected) in [("apiVersion", "mitregate.dev/v1"), ("kind", "Configuration")] {
            know([key])
            guard has(key) else {
                missing(key, in: "the file", remedy: "Begin the file with \(key): \(expected).")
                continue
            }
            guard let (text, origin) = inFile(key), text != expected else { continue }
            context.add(
                "config-version",
                at: origin,
                "\(key) is \(text.quoted), and this program reads \(expected).",
                remedy: "Write \(key): \(expected)."
            )
        }
    }

    private func store() -> StoreSettings {
        let url = storeURL()
        let keep = duration("keep", StoreSettings.defaultKeep, atLeast: .seconds(86_400))
        finish(in: "store")
        return StoreSettings(url: url, keep: keep)
    }

    private func storeURL() -> StoreURL {
        let fallback = StoreURL.sqlite(path: context.resolved("mitregate.db"))
        guard let (text, origin) = text("url") else { return fallback }
        if text.hasPrefix("sqlite:") {
            var path = String(text.dropFirst(7))
            if path.hasPrefix("///") { path = String(path.dropFirst(2)) }
            if !path.isEmpty, !path.hasPrefix("//") { return .sqlite(path: context.resolved(path)) }
        }
        if let address = WebAddress(text), ["postgresql", "postgres"].contains(address.scheme) {
            if address.userInfo?.contains(":") == true || address.path.contains("password=") {
                context.add(
                    "config-url-secret",
                    at: origin,
                    "url holds a password, which is not repeated here.",
                    remedy:
                        "Remove it and replace the password; the PostgreSQL client reads it from the file in PGPASSFILE."
                )
            }
            return .postgresql(text)
        }
        context.add(
            "config-store",
            at: origin,
            "url does not say where the store is.",
            remedy: "Write sqlite:PATH, as in url: \"sqlite:mitregate.db\"."
        )
        return fallback
    }

    /// Names and tenants that are used twice; the second place is the one pointed at.
    private func findDuplicates(_ sources: [(Section, ReadSource?)]) {
        var names: Set<String> = []
        var tenants: Set<String> = []
        var folders: [String: String] = [:]
        for (section, read) in sources {
            guard let read else { continue }
            if !names.insert(read.source.name).inserted {
                context.add(
                    "config-duplicate-source",
                    at: section.place(of: "name"),
                    "two sources are named \(read.source.name.quoted), and --source could not tell them apart.",
                    remedy: "Rename one of them, or list its tenants under the first."
                )
            }
            for (tenant, written) in zip(read.source.tenants, read.tenants) {
                if !tenants.insert(tenant.name).inserted {
                    context.add(
                        "config-duplicate-tenant",
                        at: written.valuePlace(of: "name"),
                        "two tenants are named \(tenant.name.quoted), and their history would be mixed.",
                        remedy: "Rename one of them."
                    )
                }
                guard let other = folders.updateValue(tenant.name, forKey: tenant.tenantId), other != tenant.name else {
                    continue
                }
                context.add(
                    "config-duplicate-folder",
                    at: written.valuePlace(of: "tenantId"),
                    "\(other.quoted) and \(tenant.name.quoted) are one tenant (\(tenant.tenantId)), and each would "
                        + "see the other's changes as drift.",
                    remedy: "Keep one entry, with one folder that holds all of the tenant's definitions."
                )
            }
        }
    }

    /// A text of the file that nothing outside it can replace.
    private func inFile(_ key: String) -> (text: String, origin: Origin)? {
        guard case .file? = setting(key)?.origin else { return nil }
        return text(key)
    }

    /// An instant, or a date, which means its end in UTC.
    func deadline(_ key: String) -> Date? {
        guard let (text, origin) = text(key) else { return nil }
        if let date = Timestamp.deadline(text) { return date }
        context.add(
            "config-until",
            at: origin,
            "\(key) is not a date: \(text.quoted).",
            remedy: "Write it as 2027-01-31 or 2027-01-31T12:00:00Z."
        )
        return nil
    }
}
