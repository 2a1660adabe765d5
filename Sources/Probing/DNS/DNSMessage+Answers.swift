extension DNSMessage {
    /// The records that answer a question, and the aliases that lead to them.
    package struct Answers: Equatable {
        package var records: [DNSRecord] = []
        package var aliases: [String] = []
        /// The aliases lead in a circle, or through more than eight names.
        package var isEndless = false
    }

    package static let mostAliases = 8

    package func answers(to question: DNSQuestion) -> Answers {
        var result = Answers()
        var owner = question.name
        while question.type != .cname, let alias = alias(of: owner) {
            guard alias != question.name, !result.aliases.contains(alias), result.aliases.count < Self.mostAliases
            else {
                result.isEndless = true
                return result
            }
            result.aliases.append(alias)
            owner = alias
        }
        result.records = answers.filter { $0.type == question.type.code && $0.name == owner }
            .map { DNSRecord(ttl: $0.ttl, data(of: $0, as: question.type)) }
        return result
    }

    private func alias(of owner: String) -> String? {
        guard let record = answers.first(where: { $0.type == DNSRecordType.cname.code && $0.name == owner }) else {
            return nil
        }
        return name(in: record, at: 0)
    }

    private func data(of record: Record, as type: DNSRecordType) -> DNSData {
        let bytes = data(of: record)
        let value: DNSData? =
            switch type {
            case .a: bytes.count == 4 ? NetworkAddress(bytes: bytes).map { .address("\($0)") } : nil
            case .aaaa: bytes.count == 16 ? NetworkAddress(bytes: bytes).map { .address("\($0)") } : nil
            case .cname: name(in: record, at: 0).map { .alias($0) }
            case .mx: Self.mx(bytes, host: name(in: record, at: 2))
            case .tlsa: Self.tlsa(bytes)
            case .txt: Self.text(bytes)
            }
        return value
            ?? .malformed(
                bytes.prefix(256).map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
            )
    }

    private static func mx(_ bytes: ArraySlice<UInt8>, host: String?) -> DNSData? {
        guard bytes.count >= 3, let host else { return nil }
        return .mx(preference: bytes.prefix(2).reduce(0) { $0 << 8 | Int($1) }, host: host)
    }

    private static func tlsa(_ bytes: ArraySlice<UInt8>) -> DNSData? {
        guard bytes.count >= 3 else { return nil }
        let fields = bytes.prefix(3).map(Int.init)
        return .tlsa(
            TLSARecord(usage: fields[0], selector: fields[1], matchingType: fields[2], data: Array(bytes.dropFirst(3)))
        )
    }

    /// Joins the strings of a TXT record, each of which says its length first.
    private static func text(_ bytes: ArraySlice<UInt8>) -> DNSData? {
        var joined: [UInt8] = []
        var rest = bytes
        while let length = rest.popFirst() {
            guard rest.count >= Int(length) else { return nil }
            joined += rest.prefix(Int(length))
            rest = rest.dropFirst(Int(length))
        }
        return .text(String(decoding: joined, as: UTF8.self))
    }
}

extension DNSRecordType {
    /// Source: the IANA registry of resource record types.
    var code: Int {
        switch self {
        case .a: 1
        case .cname: 5
        case .mx: 15
        case .txt: 16
        case .aaaa: 28
        case .tlsa: 52
        }
    }
}
