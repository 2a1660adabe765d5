import CUnbound
import FoundationEssentials

/// A libunbound context, made ready in the one order that works.
///
/// It has one owner, the resolver's thread.
struct UnboundContext: ~Copyable {
    let raw: OpaquePointer

    private init(raw: OpaquePointer) { self.raw = raw }

    deinit { ub_ctx_delete(raw) }

    /// Makes a context with its settings.
    ///
    /// The trust anchors come before anything that could finalise the context: after that they would be refused with -6,
    /// and every answer would read "insecure", which switches DANE off unseen. Source: unbound 1.17, libunbound/libunbound.c.
    static func make(_ settings: ResolverSettings) throws(ProbingError) -> UnboundContext {
        guard let raw = ub_ctx_create() else { throw .resolverSetup(step: "start", reason: "memory is short") }
        let context = UnboundContext(raw: raw)
        if settings.validates {
            try check(ub_ctx_add_ta_file(raw, settings.anchorFile), "trust anchors in \(settings.anchorFile)")
        }
        for (option, value) in Self.options {
            try check(ub_ctx_set_option(raw, option, value), "option \(option) \(value)")
        }
        for zone in settings.insecureZones {
            try check(ub_ctx_set_option(raw, "domain-insecure:", zone), "insecure zone \(zone)")
        }
        switch settings.servers {
        case .system: try check(ub_ctx_resolvconf(raw, nil), "the servers in /etc/resolv.conf")
        case .forwarders(let addresses):
            for address in addresses {
                let plain = address.filter { $0 != "[" && $0 != "]" }
                try check(ub_ctx_set_fwd(raw, plain), "server \(address)")
            }
        }
        try check(ub_ctx_async(raw, 1), "a thread of its own")
        return context
    }

    /// A cache within the ages of the gate: an hour for an answer, a quarter of one for its absence.
    private static let options = [
        ("do-not-query-localhost:", "no"), ("cache-max-ttl:", "3600"), ("cache-max-negative-ttl:", "900"),
    ]

    private static func check(_ status: CInt, _ step: String) throws(ProbingError) {
        guard status == UB_NOERROR.rawValue else {
            throw .resolverSetup(step: step, reason: String(cString: ub_strerror(status)))
        }
    }

    /// The owner of the first record in a file of trust anchors: a name that must come out as secure.
    static func signedName(inAnchors file: String) throws(ProbingError) -> String {
        guard let data = try? Data(contentsOf: URL(filePath: file)) else { throw .noTrustAnchors(file: file) }
        let text = String(decoding: data, as: UTF8.self)
        for line in text.split(whereSeparator: \.isNewline) {
            let fields = line.prefix { $0 != ";" }.split(whereSeparator: \.isWhitespace)
            guard fields.contains("DS") || fields.contains("DNSKEY"), let owner = fields.first else { continue }
            return owner == "." ? "." : String(owner.hasSuffix(".") ? owner.dropLast() : owner)
        }
        throw .noTrustAnchors(file: file)
    }
}

/// What libunbound answered, copied out of its memory.
struct UnboundAnswer: Sendable {
    var packet: [UInt8]
    var rcode: Int
    var isSecure: Bool
    var bogus: String?

    init(_ result: ub_result) {
        let length = max(0, Int(result.answer_len))
        packet =
            result.answer_packet.map { Array(UnsafeRawBufferPointer(start: $0, count: length)) } ?? []
        rcode = Int(result.rcode)
        isSecure = result.secure != 0
        bogus =
            result.bogus == 0
            ? nil : result.why_bogus.map { String(cString: $0) } ?? "the validator gives no reason"
    }
}
