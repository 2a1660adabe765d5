import FoundationEssentials

/// A delivery's body, of which single members are read; what is missing, or of another type, is `nil`.
///
/// It is only made after the signature was found right, and nothing in it is believed.
struct DeliveryBody {
    /// In bytes; the longest names that forges allow are a few hundred.
    private static let maximumText = 1_024

    private struct MemberName: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private let members: KeyedDecodingContainer<MemberName>?

    /// Takes from a body what is needed; one that is not a JSON object has no members.
    ///
    /// The decoder's containers are good only while it decodes, so what is taken is taken there.
    static func read<Value>(_ bytes: [UInt8], _ take: (DeliveryBody) -> Value) -> Value {
        withoutActuallyEscaping(take) { take in
            let taken = try? JSONDecoder().decode(Taken<Value>.self, from: Data(bytes), configuration: take)
            return taken?.value ?? take(DeliveryBody(members: nil))
        }
    }

    private struct Taken<Value>: DecodableWithConfiguration {
        let value: Value

        init(from decoder: any Decoder, configuration take: (DeliveryBody) -> Value) throws {
            value = take(DeliveryBody(members: try decoder.container(keyedBy: MemberName.self)))
        }
    }

    /// A text of at most 1,024 bytes without control characters.
    func text(_ path: String...) -> String? {
        guard let name = path.last, let text = try? object(path.dropLast())?.decode(String.self, forKey: key(name))
        else { return nil }
        let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        return !text.isEmpty && text.utf8.count <= Self.maximumText && isPlain ? text : nil
    }

    /// A request's number: positive, as all forges count from 1.
    func number(_ path: String...) -> Int? {
        guard let name = path.last, let number = try? object(path.dropLast())?.decode(Int.self, forKey: key(name))
        else { return nil }
        return number > 0 ? number : nil
    }

    func isTrue(_ path: String...) -> Bool {
        guard let name = path.last else { return false }
        return (try? object(path.dropLast())?.decode(Bool.self, forKey: key(name))) ?? false
    }

    /// Whether there is a member that is not `null`.
    func has(_ path: String...) -> Bool {
        guard let name = path.last, let object = object(path.dropLast()), object.contains(key(name)) else {
            return false
        }
        return (try? !object.decodeNil(forKey: key(name))) ?? false
    }

    private func key(_ name: String) -> MemberName { MemberName(stringValue: name) }

    private func object(_ path: ArraySlice<String>) -> KeyedDecodingContainer<MemberName>? {
        path.reduce(members) { try? $0?.nestedContainer(keyedBy: MemberName.self, forKey: key($1)) }
    }
}
