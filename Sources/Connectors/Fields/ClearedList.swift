/// How an empty list is written; the service is known to take either form, but not which one for which cmdlet.
///
/// Try `array` first, read back, and where nothing changed try `taggedTable` (CIPP sends that form for empty lists).
package enum ClearedList: String, Hashable, Sendable, Codable, CaseIterable {
    /// `[]`
    case array
    /// `{"@odata.type": "#Exchange.GenericHashTable"}`
    case taggedTable = "tagged-table"
}
