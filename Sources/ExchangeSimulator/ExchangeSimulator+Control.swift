/// What a test asks of the simulator in its own process; `/simulator/…` offers the same over HTTP.
extension ExchangeSimulator {
    /// Runs a cmdlet as another administrator would, with every right; faults don't touch it, the audit log names `userId`.
    ///
    /// - Parameters:
    ///   - tenant: Its GUID, or one of its domains.
    ///   - parameters: A JSON object, as in `CmdletInput`.
    /// - Throws: `SimulatorError.refused` with Exchange's own text when the cmdlet is refused.
    package func edit(
        tenant: String,
        userId: String,
        cmdlet: String,
        parameters: String
    ) throws(SimulatorError) {
        try service.edit(tenant: tenant, userId: userId, cmdlet: cmdlet, parameters: parameters)
    }

    /// Sets members of a tenant that runs, in the form of its seed: `{"tenant": name, "mail": {…}, …}`.
    ///
    /// What is not named stays, messages too; within `mail` as well. The forms are in this module's page.
    package func set(_ json: String) throws(SimulatorError) {
        try service.set(json)
    }

    /// Moves the tenants' clock ahead; mail comes in and is tried meanwhile.
    ///
    /// - Parameter seconds: Up to 90 days.
    package func moveClock(by seconds: Int) throws(SimulatorError) {
        try service.moveClock(by: seconds)
    }

    /// Has a message come in now.
    ///
    /// - Parameters:
    ///   - tenant: Its GUID, or one of its domains.
    ///   - count: How many of the same, a second apart; up to 1,000.
    package func send(tenant: String, from: String, to: [String], count: Int = 1) throws(SimulatorError) {
        let message = JSON.object([
            "tenant": .string(tenant), "from": .string(from), "to": .strings(to), "count": .number(count),
        ])
        try service.send(message.text)
    }

    /// Replaces the schedule of faults by a JSON array; `[]` ends all of them.
    ///
    /// The forms are in this module's page.
    package func setFaults(_ json: String) throws(SimulatorError) {
        try service.setFaults(json)
    }

    /// Sends every answer that a `hold` keeps back, and lets stale replicas catch up.
    package func release() {
        service.release()
    }

    /// Replaces every tenant by those of another seed; the log and the faults stay.
    package func reseed(_ json: String) throws(SimulatorError) {
        try service.reseed(json)
    }

    /// Every request since the start or the last `clearRequests()`, in the order of arrival, without secrets.
    package func requests() -> [LoggedRequest] {
        service.requests()
    }

    package func clearRequests() {
        service.clearRequests()
    }

    /// How many requests to the admin API were in flight at once for a tenant, at most, since the start.
    ///
    /// - Parameter tenant: Its GUID, or one of its domains.
    package func peakInFlight(tenant: String) -> Int {
        service.peakInFlight(tenant: tenant)
    }

    /// All tenants as JSON, in the form of a seed: with it another simulator starts where this one stands.
    package func state() -> String {
        service.state()
    }
}
