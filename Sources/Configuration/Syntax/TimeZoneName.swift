import FoundationEssentials

/// Checks a name of the IANA time zone database against the machine's own copy of it.
///
/// Source: tzfile(5): a compiled zone begins with `TZif`.
enum TimeZoneName {
    enum Problem {
        case unknown
        /// The machine has no database at all.
        case noDatabase
    }

    static let folder = "/usr/share/zoneinfo"

    static func problem(in name: String, folder: String = folder) -> Problem? {
        if name == "UTC" { return nil }
        let isName =
            name.utf8.count <= 64 && !name.hasPrefix("/")
            && name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty
                    && part.utf8.allSatisfy { byte in
                        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                            || byte == 95 || byte == 43 || byte == 45
                    }
            }
        guard isName else { return .unknown }
        if let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)"), bytes.starts(with: Array("TZif".utf8))
        {
            return nil
        }
        return FileManager.default.fileExists(atPath: folder) ? .unknown : .noDatabase
    }
}
