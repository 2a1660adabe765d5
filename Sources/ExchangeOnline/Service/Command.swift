import JSON

/// One cmdlet with its parameters, and what repeating it would mean.
struct Command: Hashable, Sendable {
    enum Effect: Hashable, Sendable {
        /// May be repeated at will.
        case read
        /// Repeated only when it was surely not applied.
        case write
        /// Sends real mail and takes minutes: never repeated.
        case validation
    }

    var cmdlet: String
    var parameters: [JSONValue.Member] = []
    var effect: Effect
    /// Whether a refusal of load is waited out here; where a quota is spent the caller comes back later instead.
    var waitsForQuota = true
    /// In bytes, decompressed.
    var maximumAnswer = TenantConnection.maximumAnswer

    static func read(_ cmdlet: String, _ parameters: [(String, JSONValue)] = []) -> Command {
        Command(
            cmdlet: cmdlet,
            parameters: parameters.map { JSONValue.Member(key: $0.0, value: $0.1) },
            effect: .read
        )
    }

    /// The outer keys are case-sensitive, and the parameters are always an object.
    var body: [UInt8] {
        let input: JSONValue = ["CmdletName": .string(cmdlet), "Parameters": .object(parameters)]
        return JSONValue.object([JSONValue.Member(key: "CmdletInput", value: input)]).bytes
    }

    /// For the whole call; the service itself ends a cmdlet after 15 minutes.
    ///
    /// Source: learn.microsoft.com/powershell/exchange/connect-to-exchange-online-powershell.
    var timeout: Duration {
        switch effect {
        case .read: .seconds(60)
        case .write: .seconds(120)
        case .validation: .seconds(960)
        }
    }
}
