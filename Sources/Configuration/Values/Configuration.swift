/// What the operator's file, the environment and the flags say together; right by construction.
///
/// Every path in it is resolved: a relative one was meant from the file's folder.
package struct Configuration: Hashable, Sendable {
    /// The file that was read, as it was named.
    package var file: String
    /// In the order of the file; no two have one name.
    package var sources: [Source]
    package var gate: GateSettings
    package var store: StoreSettings
    /// The folder that fetched repositories are kept in; it may be deleted at any time.
    package var mirrors: String
    package var server: ServerSettings
    /// Whether the operator said anything about the server.
    package var isServerConfigured = false
    package var notices: [NoticeSettings]
    /// What the controller calls itself in comments and events.
    package var controllerName: String
    /// What is allowed and rarely meant.
    package var warnings: [Problem]

    package init(
        file: String,
        sources: [Source],
        gate: GateSettings = GateSettings(),
        store: StoreSettings,
        mirrors: String,
        server: ServerSettings = ServerSettings(),
        notices: [NoticeSettings] = [],
        controllerName: String = "mitregate",
        warnings: [Problem] = []
    ) {
        self.file = file
        self.sources = sources
        self.gate = gate
        self.store = store
        self.mirrors = mirrors
        self.server = server
        self.notices = notices
        self.controllerName = controllerName
        self.warnings = warnings
    }

    /// Every tenant with the source that it is described in, in the order of the file.
    package var tenants: [ManagedTenant] {
        sources.flatMap { source in source.tenants.map { ManagedTenant(source: source, tenant: $0) } }
    }
}
