extension ProbeObservation {
    /// About what it takes in memory, in bytes.
    var size: Int {
        let certificates = presentedChain.reduce(0) { $0 + $1.bytes.count }
        let texts = [transcript, extensions ?? [], extensionsInTLS ?? []].joined().reduce(0) { $0 + $1.utf8.count + 16 }
        let replies = phases.compactMap(\.reply).flatMap(\.lines).reduce(0) { $0 + $1.utf8.count + 16 }
        return 1_024 + certificates + (stapledOCSP?.bytes.count ?? 0) + texts + replies
    }
}

extension PartnerObservations {
    /// About what it takes in memory, in bytes; what it shares with others counts too.
    package var size: Int {
        let answers =
            [mx, tlsReporting].compactMap { $0 } + hosts.flatMap { [$0.ipv4, $0.ipv6].compactMap { $0 } + $0.tlsa }
        let records = (answers + mtaSTS.map(\.txt)).reduce(0) { $0 + 512 + $1.answers.count * 256 }
        let policies = mtaSTS.reduce(0) {
            $0 + 512 + ($1.fetch?.body?.bytes.count ?? 0) + ($1.cached?.body.bytes.count ?? 0)
        }
        let lists = crls.reduce(0) { $0 + 512 + $1.answers.count * 128 }
        let probes = hosts.flatMap(\.probes).reduce(0) { $0 + $1.size }
        return 1_024 + records + policies + lists + probes
    }
}
