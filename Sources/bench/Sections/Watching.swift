/// The controller over a thousand tenants, against a service that takes 100 ms for each answer.
enum Watching {
    private static let tenants = 1_000
    /// In milliseconds.
    private static let latency = 100

    static func rows(in place: Place) throws -> [Row] {
        let figures = try place.measure(["controller", place.folder, place.programs, "\(tenants)"])
        return try busy(figures) + resting(figures) + troubled(figures)
    }

    private static func busy(_ figures: [String: Double]) throws -> [Row] {
        [
            Row(
                "controller: a full round of 1,000 tenants × 10 connectors",
                measured: "\(try figures.figure("full").asTime), \(try figures.figure("full-cpu").asTime) of CPU",
                goal: "≤ 15 s",
                input: """
                    a run asked for in every tenant at once through the API, to the end of the last; nothing to do; \
                    `exchange-simulator --latency 100` on the same two cores
                    """,
                isMet: try figures.figure("full") <= 15
            ),
            Row(
                "controller: a cheap round of 1,000 tenants",
                measured: """
                    \(try figures.figure("cheap").asTime), \(try figures.figure("cheap-cpu").asTime) of CPU a tenant
                    """,
                goal: "≤ 8 s, ≤ 6 ms of CPU a tenant",
                input: "an interval of 1 s, so that rounds follow each other; two requests a tenant; mean over 30 s",
                isMet: try figures.figure("cheap") <= 8 && figures.figure("cheap-cpu") <= 0.006
            ),
            Row(
                "controller: a run of one tenant, asked for, with nothing to do",
                measured: "\(try figures.figure("one").asTime)",
                goal: "≤ 0.5 s beyond the service's latency",
                input:
                    "from the request to its outcome, among the 1,000; median of 11; some five round trips of 100 ms",
                isMet: try figures.figure("one") <= 1
            ),
        ]
    }

    private static func resting(_ figures: [String: Double]) throws -> [Row] {
        [
            Row(
                "controller: at rest with 1,000 tenants known",
                measured: """
                    \(try figures.figure("memory").asMemory), \((try figures.figure("idle") * 100).rounded(to: 1)) % of one core
                    """,
                goal: "≤ 150 MiB, ≤ 3 % of one core",
                input: "an interval of 5 min; resident memory, and the CPU of one minute",
                isMet: try figures.figure("memory") <= 150 * 1_048_576 && figures.figure("idle") <= 0.03
            ),
            Row(
                "controller: requests a tenant and day, when nothing happens",
                measured: "\(try figures.figure("requests").rounded(to: 0))",
                goal: "≤ 700",
                input: """
                    reckoned from what a round that was asked for was seen to ask, at an interval of 5 min: 24 full rounds, 264 \
                    cheap ones of two requests and 24 tokens, and the organization's settings once
                    """,
                isMet: try figures.figure("requests") <= 700
            ),
        ]
    }

    private static func troubled(_ figures: [String: Double]) throws -> [Row] {
        [
            Row(
                "controller: drift of one field in one of 1,000 tenants",
                measured: "told after \(try figures.figure("drift").asTime)",
                goal: "in the next round: ≤ 33 s and the time of two rounds",
                input: """
                    an interval of 30 s, at most a tenth longer; from the change in the tenant to the event in the API
                    """,
                isMet: try figures.figure("drift") <= 36
            ),
            Row(
                "controller: one dead tenant of 1,000",
                measured: "the others' rounds \((try figures.figure("dead") * 100).rounded(to: 1)) % slower",
                goal: "< 5 %",
                input: """
                    the tenant's service takes requests and answers none; cheap rounds of the 999 others in 30 s at an interval \
                    of 1 s, against as many before
                    """,
                isMet: try figures.figure("dead") < 0.05
            ),
        ]
    }

    // MARK: One measurement, in a process of its own

    /// - Parameter arguments: A folder, the folder of the programs, and how many tenants.
    static func measure(_ arguments: [String]) async throws {
        guard arguments.count == 3, let count = Int(arguments[2]) else {
            throw Problem("controller FOLDER PROGRAMS COUNT")
        }
        let bed = try ControllerPlace(
            folder: "\(arguments[0])/controller",
            programs: arguments[1],
            tenants: count,
            latency: latency
        )
        defer { bed.end() }
        try await bed.untilAllInSync()

        let (before, asked) = (try bed.cpu(), try await Self.asked(bed))
        let full = try await Usage.wall { try await bed.askAll() }
        print("full=\(full)")
        print("full-cpu=\(try bed.cpu() - before)")
        let round = try await Self.asked(bed)
        // A full round asks for both kinds of connectors, too, as each cheap one does.
        let scheduled = (round.often - asked.often) / Double(count) + 2
        let settings = (round.daily - asked.daily) / Double(count)
        print("requests=\(24 * scheduled + settings + 264 * 2 + 24)")
        var single: [Double] = []
        for number in 1...11 { single.append(try await Usage.wall { try await bed.ask(["tenant\(number)"]) }) }
        print("one=\(single.median)")

        try bed.adopt(interval: "30s")
        try await bed.pause(35)
        try await bed.edit(count / 2)
        print("drift=\(try await bed.untilDrifted(count / 2))")

        try bed.adopt(interval: "1s")
        try await bed.pause(10)
        let cheap = try await rounds(bed, count)
        print("cheap=\(cheap.seconds)")
        print("cheap-cpu=\(cheap.cpu)")
        try await bed.silence(0, true)
        try await bed.pause(10)
        print("dead=\(try await rounds(bed, count).seconds / cheap.seconds - 1)")
        try await bed.silence(0, false)

        try bed.adopt(interval: "5m")
        try await bed.pause(settling)
        print("memory=\(try bed.memory())")
        print("idle=\(try await idle(bed))")
    }

    /// How many requests full rounds made so far: those of each, and those that scheduled ones make once a day.
    private static func asked(_ bed: ControllerPlace) async throws -> (often: Double, daily: Double) {
        let daily = ["Get-AdminAuditLogConfig", "Get-OrganizationConfig"]
        // Of cheap rounds, which go on meanwhile, and for tokens, which are reckoned by the hour.
        let others = ["Get-InboundConnector", "Get-OutboundConnector", "token", "EXOModuleFile"]
        return (
            try await bed.requests { line in !(daily + others).contains { line.contains("cmdlet=\"\($0)\"") } },
            try await bed.requests { line in daily.contains { line.contains("cmdlet=\"\($0)\"") } }
        )
    }

    /// The time in which every tenant but the first gets a cheap round, and the CPU of one, as a mean over half a minute.
    private static func rounds(_ bed: ControllerPlace, _ count: Int) async throws -> (seconds: Double, cpu: Double) {
        let (before, cpu) = (try await bed.glances(without: 0), try bed.cpu())
        let seconds = try await Usage.wall { try await bed.pause(30) }
        let made = max(1, try await bed.glances(without: 0) - before)
        return (seconds * Double(count - 1) / made, (try bed.cpu() - cpu) / made)
    }

    /// Seconds until nothing is left of a change to an interval of 5 minutes: each tenant gets a full round for it, at a time of its
    /// own within the new interval and a tenth more.
    static let settling = 340

    /// The share of one core that is used in a minute.
    static func idle(_ bed: ControllerPlace) async throws -> Double {
        let start = try bed.cpu()
        let minute = try await Usage.wall { try await bed.pause(60) }
        return (try bed.cpu() - start) / minute
    }
}
