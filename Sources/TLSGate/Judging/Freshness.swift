package import FoundationEssentials
package import Probing

/// How long what was seen may be used again.
package enum Freshness {
    /// Until when a DNS answer holds: its time to live within a minute and an hour; its absence at most 15 minutes.
    package static func end(of observation: DNSObservation) -> Date {
        let seconds: Int
        if observation.failure != nil || ![0, 3].contains(observation.rcode ?? -1) {
            seconds = 0
        } else if let least = observation.answers.map(\.ttl).min() {
            seconds = min(max(least, 60), 3_600)
        } else {
            seconds = min(max(observation.negativeTTL ?? 60, 60), 900)
        }
        return observation.at.addingTimeInterval(TimeInterval(seconds))
    }

    /// Until when a probe holds: 6 hours where mail flows, 15 minutes where it fails, not at all where it is unknown.
    package static func end(of probe: ProbeObservation, _ result: Deliverability) -> Date {
        let seconds: TimeInterval =
            switch result {
            case .deliverable, .degraded: 21_600
            case .undeliverable: 900
            case .unknown: 0
            }
        return probe.at.addingTimeInterval(seconds)
    }

    static func observations(_ all: PartnerObservations) -> [Date] {
        let dns =
            present(all.mx, all.tlsReporting) + all.mtaSTS.map(\.txt)
            + all.hosts.flatMap { present($0.ipv4, $0.ipv6) + $0.tlsa }
        return dns.map(\.at) + all.hosts.flatMap(\.probes).map(\.at) + all.mtaSTS.compactMap { $0.fetch?.at }
    }

    static func ends(_ all: PartnerObservations) -> [Date] {
        let dns = present(all.mx) + all.hosts.flatMap { present($0.ipv4, $0.ipv6) + $0.tlsa }
        return (dns + all.mtaSTS.map(\.txt)).map { end(of: $0) }
    }
}
