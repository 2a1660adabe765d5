extension Property {
    /// Turns a JSON value into what the parameter takes, or refuses it as PowerShell's binding would.
    ///
    /// Section 2.3.
    func bind(_ value: JSON) throws(CmdletError) -> BoundParameters.Value {
        switch form {
        case .flag:
            guard value.bool != nil else {
                throw mismatch(value, "System.Boolean", "Boolean parameters accept only Booleans.")
            }
            return .plain(value)
        case .integer:
            guard let number = value.int, number >= 0 else {
                throw mismatch(value, "System.Int32", "Input string was not in a correct format.")
            }
            return .plain(value)
        case .text(let maximum):
            guard value != .null else { return .plain(.null) }
            guard let text = value.string else { throw mismatch(value, "System.String", "The value is not a text.") }
            guard text.utf16.count <= maximum else { throw .tooLong(maximum: maximum, count: text.utf16.count) }
            return .plain(value)
        case .choice(let words, let type, let allowsNull): return .plain(try choice(value, words, type, allowsNull))
        case .list(let item): return .list(try list(value, item))
        case .time:
            guard value != .null else { return .plain(.null) }
            guard let date = value.string.flatMap(Timestamp.date) else {
                throw mismatch(value, "System.DateTime", "String was not recognized as a valid DateTime.")
            }
            // Comes back without a zone. Section 4.1.
            return .plain(.string(Timestamp.sevenDigits(date)))
        case .guid:
            guard let text = value.string, text.utf8.count == 36 else {
                throw mismatch(value, "System.Guid", "Guid should contain 32 digits with 4 dashes.")
            }
            return .plain(.string(text.asciiLowercased))
        }
    }

    private func mismatch(_ value: JSON, _ type: String, _ reason: String) -> CmdletError {
        .transformation(name, value: value.string ?? value.text, type: type, reason)
    }

    /// An enumerator in any letter case, stored in its own.
    ///
    /// `null` clears where the type allows it; over REST that is inferred.
    private func choice(
        _ value: JSON,
        _ words: [String],
        _ type: String,
        _ allowsNull: Bool
    ) throws(CmdletError) -> JSON {
        if allowsNull, value == .null || value.string == "" { return .null }
        if let word = words.first(where: { word in value.string.map { word.isSame(ignoringCase: $0) } ?? false }) {
            return .string(word)
        }
        let text = value.string ?? value.text
        throw .transformation(
            name,
            value: text,
            type: "Microsoft.Exchange.Data.\(type)",
            "Unable to match the identifier name \(text) to a valid enumerator name. Specify one of the following "
                + "enumerator names and try again: \(words.joined(separator: ", "))"
        )
    }

    private func list(_ value: JSON, _ item: Item) throws(CmdletError) -> BoundParameters.ListChange {
        if value == .null { return .replace([]) }
        if let object = value.object {
            guard object["@odata.type"]?.string == "#Exchange.GenericHashTable" else {
                // Arrives as a JObject and fails to bind. Section 2.3.
                throw mismatch(
                    value,
                    "Microsoft.Exchange.Data.MultiValuedProperty`1[System.String]",
                    "Cannot convert a value of type Newtonsoft.Json.Linq.JObject."
                )
            }
            let add = try items(object.value(ignoringCase: "add") ?? .array([]), item)
            return .change(add: add, remove: object.value(ignoringCase: "remove")?.strings ?? [])
        }
        return .replace(try items(value, item))
    }

    private func items(_ value: JSON, _ item: Item) throws(CmdletError) -> [String] {
        guard let texts = value.strings else {
            throw mismatch(value, "Microsoft.Exchange.Data.MultiValuedProperty`1[System.String]", "Texts are expected.")
        }
        for text in texts { try item.check(text) }
        return texts
    }

    /// How the directory keeps these items: each once, sender domains with prefix and cost.
    ///
    /// Section 3.1.
    func stored(_ items: [String]) -> [String] {
        let forms =
            form == .list(.senderDomain)
            ? items.map { text in
                let (domain, cost) = DirectoryObject.senderDomain(text)
                return "smtp:\(domain);\(cost)"
            } : items
        var result: [String] = []
        for text in forms where !result.contains(where: { $0.isSame(ignoringCase: text) }) { result.append(text) }
        return result
    }
}
