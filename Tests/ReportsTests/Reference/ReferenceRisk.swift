/// A risk as the reference describes it.
struct ReferenceRisk {
    let id: String
    let level: String
    let meaning: String

    static let all = [
        ReferenceRisk(
            id: "tls-level-lowered",
            level: "high",
            meaning: "the outbound connector demands less of the partner's TLS"
        ),
        ReferenceRisk(
            id: "tls-name-check-removed",
            level: "high",
            meaning: "the name in the partner's certificate is no longer checked"
        ),
        ReferenceRisk(
            id: "tls-name-widened",
            level: "high",
            meaning: "more names in the partner's certificate will do"
        ),
        ReferenceRisk(
            id: "tls-name-changed",
            level: "medium",
            meaning: "another name in the partner's certificate is needed"
        ),
        ReferenceRisk(
            id: "dane-off",
            level: "high",
            meaning: "Exchange no longer checks the partner's DANE records; medium where the connector is not managed"
        ),
        ReferenceRisk(
            id: "dane-not-mandatory",
            level: "high",
            meaning: "mail is also sent where the partner has no usable DANE records"
        ),
        ReferenceRisk(
            id: "mta-sts-off",
            level: "high",
            meaning: "Exchange no longer checks the partner's MTA-STS policy; medium where the connector is not managed"
        ),
        ReferenceRisk(
            id: "tls-not-forced",
            level: "medium",
            meaning: "an unmanaged connector sends in clear where the server offers no TLS"
        ),
        ReferenceRisk(
            id: "forced-tls-deleted",
            level: "high",
            meaning: "a connector that enforces something is deleted"
        ),
        ReferenceRisk(
            id: "forced-tls-disabled",
            level: "high",
            meaning: "a connector that enforces something is switched off"
        ),
        ReferenceRisk(
            id: "forced-tls-bypassed",
            level: "high",
            meaning: "mail that another connector protects better takes this one"
        ),
        ReferenceRisk(
            id: "scope-reduced",
            level: "high or medium",
            meaning: "mail that the connector protected is no longer its own"
        ),
        ReferenceRisk(
            id: "recipient-domains-widened",
            level: "medium",
            meaning: "mail to more domains takes the connector"
        ),
        ReferenceRisk(id: "recipient-domains-everything", level: "high", meaning: "all mail takes the connector"),
        ReferenceRisk(id: "all-mail-rerouted", level: "medium", meaning: "all outgoing mail takes your own servers"),
        ReferenceRisk(id: "route-changed", level: "medium", meaning: "mail goes to other servers"),
        ReferenceRisk(id: "route-deleted", level: "medium", meaning: "a route without protection is deleted"),
        ReferenceRisk(id: "route-disabled", level: "medium", meaning: "a route without protection is switched off"),
        ReferenceRisk(
            id: "connector-type-changed",
            level: "medium",
            meaning: "the connector becomes one for your own servers, or for a partner"
        ),
        ReferenceRisk(id: "hybrid-headers-sent", level: "medium", meaning: "headers that carry trust are sent along"),
        ReferenceRisk(id: "require-tls-removed", level: "high", meaning: "the partner's mail is taken without TLS"),
        ReferenceRisk(
            id: "certificate-binding-removed",
            level: "high",
            meaning: "the partner's mail is taken without its certificate"
        ),
        ReferenceRisk(
            id: "address-binding-removed",
            level: "high",
            meaning: "the partner's mail is taken from any address"
        ),
        ReferenceRisk(
            id: "certificate-name-widened",
            level: "high",
            meaning: "more names in the partner's certificate will do"
        ),
        ReferenceRisk(
            id: "certificate-name-changed",
            level: "medium",
            meaning: "another name in the partner's certificate is needed"
        ),
        ReferenceRisk(id: "inbound-unbound", level: "high", meaning: "anybody can send as the partner"),
        ReferenceRisk(
            id: "sender-domains-widened",
            level: "high or medium",
            meaning: "the connector applies to more senders"
        ),
        ReferenceRisk(id: "sender-domains-everything", level: "high", meaning: "the connector applies to every sender"),
        ReferenceRisk(
            id: "sender-addresses-widened",
            level: "high",
            meaning: "mail from more addresses counts as the partner's"
        ),
        ReferenceRisk(
            id: "trusted-organizations-widened",
            level: "high",
            meaning: "another Microsoft 365 organization is trusted"
        ),
        ReferenceRisk(
            id: "associated-domains-widened",
            level: "high",
            meaning: "the connector applies to more of your own domains"
        ),
        ReferenceRisk(
            id: "onpremises-trust-created",
            level: "high",
            meaning: "mail from these servers is trusted as your own"
        ),
        ReferenceRisk(
            id: "onpremises-trust-widened",
            level: "high",
            meaning: "mail from more servers is trusted as your own"
        ),
        ReferenceRisk(id: "trust-deleted", level: "medium", meaning: "your own servers become strangers"),
        ReferenceRisk(id: "trust-disabled", level: "medium", meaning: "your own servers become strangers"),
        ReferenceRisk(
            id: "trusts-addresses",
            level: "medium",
            meaning: "an unmanaged connector trusts servers by their address alone"
        ),
        ReferenceRisk(
            id: "trusts-wide-certificate",
            level: "medium",
            meaning: "an unmanaged connector trusts every server of a domain"
        ),
        ReferenceRisk(
            id: "treated-as-internal",
            level: "high",
            meaning: "mail counts as sent from inside; filters skip it"
        ),
        ReferenceRisk(id: "hybrid-headers-trusted", level: "high", meaning: "headers that carry trust are believed"),
        ReferenceRisk(id: "filtering-changed", level: "medium", meaning: "filters judge mail by another server"),
        ReferenceRisk(id: "rule-tls-removed", level: "high", meaning: "a rule no longer demands TLS"),
        ReferenceRisk(id: "rule-route-added", level: "medium", meaning: "a rule leads mail to a connector"),
        ReferenceRisk(id: "rule-route-removed", level: "high", meaning: "a rule no longer leads mail to its connector"),
        ReferenceRisk(id: "rule-route-changed", level: "high", meaning: "a rule leads mail to another connector"),
        ReferenceRisk(id: "rule-scope-reduced", level: "high", meaning: "a rule matches less mail"),
        ReferenceRisk(id: "rule-scope-widened", level: "medium", meaning: "a rule matches more mail"),
        ReferenceRisk(id: "rule-matches-everything", level: "medium", meaning: "a rule matches all mail"),
        ReferenceRisk(
            id: "rule-errors-ignored",
            level: "high",
            meaning: "mail goes without the rule when the rule cannot be evaluated"
        ),
        ReferenceRisk(id: "rule-stops-others", level: "medium", meaning: "later rules no longer see the mail"),
        ReferenceRisk(id: "rule-order-changed", level: "medium", meaning: "other rules may act before it"),
        ReferenceRisk(id: "rule-deleted", level: "high", meaning: "a rule that acts is deleted"),
        ReferenceRisk(id: "rule-disabled", level: "high", meaning: "a rule that acts is switched off"),
        ReferenceRisk(
            id: "object-deleted",
            level: "medium",
            meaning: "the object is gone for good: Exchange keeps no copy"
        ),
        ReferenceRisk(
            id: "object-invalid",
            level: "medium",
            meaning: "Exchange itself calls the unmanaged object broken"
        ),
    ]
}
