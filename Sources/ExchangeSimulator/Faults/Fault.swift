/// One line of the schedule: which requests it waits for, how often it strikes, and what it does.
struct Fault: Sendable {
    /// Every condition that is given has to hold.
    struct Match: Hashable, Sendable {
        /// Without regard to letter case; a `*` at the end stands for any rest.
        var cmdlet: String?
        /// A part of the path, as `/oauth2/`.
        var path: String?
        /// A tenant's GUID or domain.
        var tenant: String?
        /// The `Identity` or, where there is none, the `Name` among the parameters.
        var object: String?
    }

    let match: Match
    /// How many matching requests pass before the first strike.
    let passes: Int
    /// `nil` for always.
    let times: Int?
    let effect: Effect
    private(set) var seen = 0

    init(_ node: DocumentNode) throws(SimulatorError) {
        try node.onlyMembers(["match", "times", "effect"])
        var match = Match()
        var nth = 1
        if let node = node["match"] {
            try node.onlyMembers(["cmdlet", "path", "tenant", "object", "nth"])
            match.cmdlet = try node["cmdlet"]?.string()
            match.path = try node["path"]?.string()
            match.tenant = try node["tenant"]?.string()
            match.object = try node["object"]?.string()
            nth = try node["nth"]?.int() ?? 1
        }
        self.match = match
        passes = max(0, nth - 1)
        if let node = node["times"], node.value.string == "always" {
            times = nil
        } else {
            times = try node["times"]?.int() ?? 1
        }
        effect = try Effect(node.needed("effect"))
    }

    /// Counts a request that matches, and says whether the fault strikes it.
    mutating func strikes(_ call: Call) -> Bool {
        guard isWaiting, matches(call) else { return false }
        seen += 1
        return seen > passes
    }

    var isWaiting: Bool { times.map { seen < passes + $0 } ?? true }

    private func matches(_ call: Call) -> Bool {
        if let cmdlet = match.cmdlet {
            guard let name = call.cmdlet else { return false }
            let isPrefix = cmdlet.hasSuffix("*")
            let wanted = isPrefix ? String(cmdlet.dropLast()) : cmdlet
            guard isPrefix ? name.asciiLowercased.hasPrefix(wanted.asciiLowercased) : name.isSame(ignoringCase: wanted)
            else { return false }
        }
        if let path = match.path, !call.request.path.asciiLowercased.contains(path.asciiLowercased) { return false }
        if let tenant = match.tenant, call.tenant?.isCalled(tenant) != true { return false }
        if let object = match.object {
            guard call.object.map({ $0.isSame(ignoringCase: object) }) ?? false else { return false }
        }
        return true
    }
}
