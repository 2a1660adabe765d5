import Connectors
import FoundationEssentials

/// A freeze of the policy on a real time line.
struct FreezeWindow {
    private let schedule: CronSchedule
    private let clock: WallClock
    private let duration: Int

    /// - Throws: Why it cannot be read; then nothing may be applied, as it might be frozen.
    init(_ freeze: TenantPolicy.Freeze) throws(FreezeError) {
        do {
            schedule = try CronSchedule(freeze.cron)
        } catch {
            throw FreezeError(reason: "\"\(freeze.cron)\" is not a valid schedule: \(error.reason)")
        }
        guard let clock = WallClock(zone: freeze.timeZone) else {
            throw FreezeError(reason: "the time zone \"\(freeze.timeZone)\" is not known here")
        }
        self.clock = clock
        duration = freeze.durationSeconds
    }

    /// When the freeze that holds at an instant ends, or `nil` where none holds.
    ///
    /// Freezes that follow each other without a gap are one; one that never ends is said to end ten years on.
    func end(ifFrozenAt now: Date) -> Date? {
        let now = Int(now.timeIntervalSince1970.rounded(.down))
        guard duration > 0, let begin = latestBegin(notAfter: now), begin + duration > now else { return nil }
        var end = begin + duration
        let horizon = now + 3_653 * 86_400
        var rounds = 0
        while end < horizon, let next = latestBegin(notAfter: end), next + duration > end {
            end = next + duration
            rounds += 1
            if rounds == 1_000 { end = horizon }
        }
        return Date(timeIntervalSince1970: Double(min(end, horizon)))
    }

    private func latestBegin(notAfter instant: Int) -> Int? {
        let last = clock.day(at: instant) + 1
        let first = clock.day(at: instant - duration) - 1
        for day in stride(from: last, through: first, by: -1) {
            if let begin = begins(on: day).filter({ $0 <= instant }).max() { return begin }
        }
        return nil
    }

    private func begins(on number: Int) -> [Int] {
        let day = CivilDay(number: number)
        guard schedule.matches(month: day.month, day: day.day, weekday: day.weekday) else { return [] }
        return schedule.hours.flatMap { hour in
            schedule.minutes.map { clock.instant(day: number, minute: hour * 60 + $0) }
        }
    }
}

/// Why a freeze cannot be read.
struct FreezeError: Error {
    let reason: String
}
