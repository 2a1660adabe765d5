import FoundationEssentials

/// What a cmdlet needs in addition to its parameters.
struct CmdletContext {
    let now: Date
    let actor: Actor
    var random: Random
    /// Parameters that the service forgets without a word.
    var ignoredParameters: [String] = []
    var ignoresEmptyLists = false
    /// How many reads lag behind this write; `.some(nil)` until released.
    var staleReads: Int??
}

/// What a cmdlet yields.
struct CmdletResult {
    var rows: [JSONObject] = []
    var warnings: [String] = []
    /// Whether the directory is another one now.
    var changed = false
    /// What `WhatIf` would have done.
    ///
    /// Section 2.3.
    var confirmation: String?
}
