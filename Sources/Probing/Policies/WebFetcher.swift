import FoundationEssentials
import Transfers

/// Fetches from hosts that a stranger's DNS or certificate names: the name is resolved by our resolver, and only an
/// address that may be connected to is.
struct WebFetcher: Sendable {
    let pool: TransferPool
    let resolver: DNSResolver
    let networks: ReachableNetworks
    /// Where the lab's servers listen in place of 443 and 80.
    let ports: [Int: Int]

    private static let mostAddresses = 4

    enum Outcome {
        case response(HTTPResponse)
        /// Why there is none, in words.
        case failure(String)
        /// The same for an answer that is larger than was asked for.
        case tooLarge(String)
    }

    /// Gets a URL whose host and port were read out of it by the caller; redirects are answers and are not followed.
    ///
    /// - Parameter isSigned: The content proves itself, so that plain http will do.
    func get(
        _ url: String,
        host: String,
        port: Int,
        timeout: Duration,
        maximumSize: Int,
        isSigned: Bool
    ) async throws -> Outcome {
        var failure = "\(host) has no address"
        for address in try await addresses(of: host, failure: &failure) {
            let literal = address.isIPv6 ? "[\(address)]" : "\(address)"
            let request = HTTPRequest(
                .get,
                url,
                timeout: timeout,
                connectTimeout: .seconds(10),
                maximumResponseSize: maximumSize,
                plainHTTP: isSigned ? .signedContent : .loopback,
                share: host,
                allowsAddress: { [networks] remote in
                    guard let address = NetworkAddress(bytes: remote.bytes) else { return false }
                    return networks.objection(to: address) == nil
                },
                connectTo: ["\(host):\(port):\(literal):\(ports[port] ?? port)"]
            )
            do {
                return .response(try await pool.send(request))
            } catch let error as TransferError {
                failure = Self.words(for: error)
                if case .responseTooLarge = error.reason { return .tooLarge(failure) }
                // Another address helps only where this one could not be reached.
                guard error.phase == .connect else { return .failure(failure) }
            }
        }
        return .failure(failure)
    }

    private func addresses(of host: String, failure: inout String) async throws -> [NetworkAddress] {
        if let address = NetworkAddress(host) { return allowed([address], failure: &failure) }
        async let ipv4 = resolver.ask(host, .a)
        async let ipv6 = resolver.ask(host, .aaaa)
        let answers = await [ipv4, ipv6]
        if let bogus = answers.lazy.compactMap(\.bogusReason).first {
            failure = "the address of \(host) fails DNSSEC: \(bogus)"
            return []
        }
        let addresses = answers.flatMap(\.addresses)
        if addresses.isEmpty, answers.contains(where: { $0.failure != nil }) {
            failure = "the address of \(host) could not be resolved"
        }
        return Array(allowed(addresses, failure: &failure).prefix(Self.mostAddresses))
    }

    private func allowed(_ addresses: [NetworkAddress], failure: inout String) -> [NetworkAddress] {
        addresses.filter { address in
            guard let objection = networks.objection(to: address) else { return true }
            failure = "\(address) is not public (\(objection))"
            return false
        }
    }

    private static func words(for error: TransferError) -> String {
        switch error.reason {
        case .responseTooLarge(let limit): "larger than \(limit / 1024) KiB"
        case .timedOut: "no answer in time (\(error.phase.rawValue))"
        case .untrusted: "the certificate is not accepted: \(Array(error.message.utf8).escapedText(limit: 300))"
        case .libcurl, .addressRefused, .invalidRequest:
            "\(error.phase.rawValue): \(Array(error.message.utf8).escapedText(limit: 300))"
        }
    }
}

extension DNSObservation {
    var bogusReason: String? {
        if case .bogus(let why) = dnssec { return why }
        return nil
    }

    /// The addresses among the answers.
    var addresses: [NetworkAddress] {
        answers.compactMap { record in
            if case .address(let text) = record.data { return NetworkAddress(text) }
            return nil
        }
    }
}
