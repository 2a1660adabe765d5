/// Something that the controller remembers from one round to the next, as JSON that the store does not read.
package struct Document: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// What a tenant's lane knows; the key is the tenant.
        case lane
        /// The key is the tenant.
        case suspension
        /// The key is the tenant, a slash, and the digest that was approved.
        case approval
        /// The key is the watch's id.
        case watch
        /// How far a commit has come over the tenants of a source; the key is the source.
        case rollout
        /// What was seen of a tenant's partners; the key is the tenant.
        case partners
        /// When a tenant's credential ends; the key is the tenant.
        case credential
        /// What is so about an object that is not a tenant; the key is the object.
        case condition
        /// What is known of a request on a forge, what was shown in it and who approved; the key is the source, a slash,
        /// and the request's number.
        case pullRequest = "pull-request"
        /// What is known of a source's forge; the key is the source.
        case forge
        /// A connector that a person disabled in an emergency; the key is the tenant, the kind and the connector's slug.
        case breakGlass = "break-glass"
        /// A run that applied what a request changes before its merge; the key is the tenant, a slash, and the run.
        case aheadRun = "ahead-run"
        /// What is known of a change that we offer ourselves; the key is the source, the tenant and the kind of offer.
        case offer
    }

    package var kind: Kind
    package var key: String
    /// `nil` for what concerns no tenant.
    package var tenant: String?
    package var json: String

    package init(_ kind: Kind, _ key: String, tenant: String? = nil, json: String) {
        self.kind = kind
        self.key = key
        self.tenant = tenant
        self.json = json
    }
}

/// Which documents are asked for; a property that is `nil` leaves out none.
package struct DocumentQuery: Hashable, Sendable {
    package var kind: Document.Kind
    package var tenant: String?
    package var key: String?
    /// What the key begins with.
    package var prefix: String?

    package init(_ kind: Document.Kind, tenant: String? = nil, key: String? = nil, prefix: String? = nil) {
        self.kind = kind
        self.tenant = tenant
        self.key = key
        self.prefix = prefix
    }
}
