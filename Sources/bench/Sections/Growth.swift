/// What the controller weighs as tenants are added.
enum Growth {
    static let counts = [100, 1_000, 10_000]

    static func rows(in place: Place) throws -> [Row] {
        try counts.map { count in
            let figures = try place.measure(["controller-growth", place.folder, place.programs, "\(count)"])
            let memory = try figures.figure("memory")
            let limit: Double? = count == 10_000 ? 400 : count == 1_000 ? 150 : nil
            return Row(
                "controller: growth, \(count) tenants × \(ControllerPlace.connectors) connectors",
                measured: """
                    \(memory.asMemory), \((try figures.figure("idle") * 100).rounded(to: 1)) % of one core, all in sync after \
                    \(try figures.figure("start").asTime)
                    """,
                goal: limit.map { "≤ \($0.rounded(to: 0)) MiB" } ?? "",
                input: """
                    `exchange-simulator` without latency on the same two cores; an interval of 5 min; resident memory with \
                    everything known, the CPU of one minute, and the time from the start at an interval of 10 s
                    """,
                isMet: limit.map { memory <= $0 * 1_048_576 }
            )
        }
    }

    /// - Parameter arguments: A folder, the folder of the programs, and how many tenants.
    static func measure(_ arguments: [String]) async throws {
        guard arguments.count == 3, let count = Int(arguments[2]) else {
            throw Problem("controller-growth FOLDER PROGRAMS COUNT")
        }
        let bed = try ControllerPlace(
            folder: "\(arguments[0])/controller-\(count)",
            programs: arguments[1],
            tenants: count,
            latency: 0
        )
        defer { bed.end() }
        print("start=\(try await Usage.wall { try await bed.untilAllInSync() })")
        try bed.adopt(interval: "5m")
        try await bed.pause(Watching.settling)
        print("memory=\(try bed.memory())")
        print("idle=\(try await Watching.idle(bed))")
    }
}
