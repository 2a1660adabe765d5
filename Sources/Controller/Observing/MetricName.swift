/// Every metric that is served: its name, its type, and what it means.
enum MetricName: String, CaseIterable {
    case tenantCondition = "mitregate_tenant_condition"
    case runDuration = "mitregate_run_duration_seconds"
    case lastRound = "mitregate_last_round_timestamp_seconds"
    case liveReadAge = "mitregate_live_read_age_seconds"
    case driftedConnectors = "mitregate_drifted_connectors"
    case unmanagedConnectors = "mitregate_unmanaged_connectors"
    case gateVerdict = "mitregate_gate_verdict"
    case certificateExpiry = "mitregate_certificate_expiry_timestamp_seconds"
    case credentialExpiry = "mitregate_credential_expiry_timestamp_seconds"
    case suspendedUntil = "mitregate_suspended_until_timestamp_seconds"
    case watchActive = "mitregate_watch_active"
    case watchOutcome = "mitregate_watch_outcome_total"
    case rollback = "mitregate_rollback_total"
    case commentApplies = "mitregate_comment_applies_total"
    case events = "mitregate_events_total"
    case exchangeRequests = "mitregate_exchange_requests_total"
    case queueDepth = "mitregate_queue_depth"
    case sourceFetchAge = "mitregate_source_fetch_age_seconds"
    case sourceHealthy = "mitregate_source_healthy"
    case build = "mitregate_build_info"
    case droppedSeries = "mitregate_dropped_series"

    var type: String {
        switch self {
        case .runDuration: "histogram"
        case .watchOutcome, .rollback, .commentApplies, .events, .exchangeRequests: "counter"
        default: "gauge"
        }
    }

    var help: String {
        switch self {
        case .tenantCondition: "1 for the status that a condition of a tenant has now."
        case .runDuration: "How long rounds took that wrote or planned, by command and result."
        case .lastRound: "When the last round of a tenant ended."
        case .liveReadAge: "How long ago a tenant was read."
        case .driftedConnectors: "Connectors that deviate from what was applied, without being accepted."
        case .unmanagedConnectors: "Connectors without a definition, by risk."
        case .gateVerdict: "1 for the verdict that the gate gave last."
        case .certificateExpiry: "When a partner's certificate ends."
        case .credentialExpiry: "When the credential of a tenant ends."
        case .suspendedUntil: "Until when a tenant is suspended."
        case .watchActive: "Watches over mail that are under way."
        case .watchOutcome: "How watches over mail ended."
        case .rollback: "Runs that were rolled back, by reason."
        case .commentApplies: "Tenants that were to be applied before a merge, by what came of it."
        case .events: "Events that were raised, by condition and severity."
        case .exchangeRequests: "Requests to a tenant's services, by cmdlet and status of the answer."
        case .queueDepth: "Rounds that wait for their turn."
        case .sourceFetchAge: "How long ago a source was read."
        case .sourceHealthy: "1 where the last look at a source succeeded."
        case .build: "1, with the version as its label."
        case .droppedSeries: "Series that were dropped because there are too many."
        }
    }
}
