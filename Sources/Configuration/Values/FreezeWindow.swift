/// A time in which nothing is applied: from each instant that a cron expression names, for a duration.
package struct FreezeWindow: Hashable, Sendable {
    /// Five fields: minute, hour, day of month, month, day of week; checked.
    package var cron: String
    package var duration: Duration
    /// A name of the IANA time zone database that this machine knows.
    package var timeZone: String

    package init(cron: String, duration: Duration, timeZone: String) {
        self.cron = cron
        self.duration = duration
        self.timeZone = timeZone
    }
}
