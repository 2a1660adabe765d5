/// Which Microsoft cloud a tenant lives in.
///
/// Source: `Connect-ExchangeOnline -ExchangeEnvironmentName`.
package enum Cloud: String, Hashable, Sendable, CaseIterable, Codable {
    case worldwide
    case gccHigh = "gcc-high"
    case dod
    case china
}
