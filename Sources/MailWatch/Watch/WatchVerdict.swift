package import FoundationEssentials

/// Why a watch says that mail regressed, kept with the history when units and key are gone.
package struct WatchVerdict: Hashable, Sendable, Codable {
    package enum Witness: String, Hashable, Sendable, Codable {
        case statistic
        case twoMessages = "two-messages"
    }

    /// A finding of the gate that agrees.
    package struct Sight: Hashable, Sendable, Codable {
        package var check: String
        package var host: PartnerHost?
        package var port: Int?
        package var at: Date
    }

    package var witness: Witness
    package var cause: CauseClass
    /// Basic and enhanced code, such as `450 4.4.317`.
    package var code: String
    package var host: PartnerHost?
    package var sight: Sight?
    /// What is known of the state before, in a clause.
    package var before: String
    /// What going back would weaken, in sentences.
    package var weakenings: [String]
}
