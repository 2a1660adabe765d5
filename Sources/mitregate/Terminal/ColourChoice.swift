import ArgumentParser

/// Whether a text is coloured, as `--color` says it.
enum ColourChoice: String, ExpressibleByArgument, CaseIterable {
    /// On a terminal that can show it.
    case auto
    case always
    case never

    /// What `--color` leaves open is the environment's to say: NO_COLOR (no-color.org), then FORCE_COLOR
    /// (force-color.org; 0 and false switch it off), then TERM=dumb, then whether there is a terminal at all.
    func usesColour(_ environment: [String: String], isTerminal: Bool) -> Bool {
        switch self {
        case .always: return true
        case .never: return false
        case .auto:
            if !(environment["NO_COLOR"] ?? "").isEmpty { return false }
            if let forced = environment["FORCE_COLOR"], !forced.isEmpty { return !["0", "false"].contains(forced) }
            return isTerminal && environment["TERM"] != "dumb"
        }
    }
}
