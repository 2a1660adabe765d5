import Connectors
import Testing

struct CronScheduleTests {
    @Test(arguments: [
        ("0 0 * * FRI-SUN", [0, 5, 6]), ("0 0 * * SAT-SUN", [0, 6]), ("0 0 * * 5-7", [0, 5, 6]),
        ("0 0 * * mon-sun", [0, 1, 2, 3, 4, 5, 6]), ("0 0 * * SUN", [0]), ("0 0 * * 7", [0]),
        ("0 0 * * SUN-TUE", [0, 1, 2]), ("0 0 * * MON,WED-FRI", [1, 3, 4, 5]), ("0 0 * * */3", [0, 3, 6]),
    ])
    func `days of the week are read as crontab reads them, and Sunday may end a range`(
        _ text: String,
        _ days: [Int]
    ) throws {
        #expect(try CronSchedule(text).weekdays.sorted() == days)
    }

    @Test func `lists, ranges, steps and names are read`() throws {
        let schedule = try CronSchedule("5,10-12,50/4 */6 1-31/10 jan,DEC *")
        #expect(schedule.minutes == [5, 10, 11, 12, 50, 54, 58])
        #expect(schedule.hours == [0, 6, 12, 18])
        #expect(schedule.days == [1, 11, 21, 31])
        #expect(schedule.months == [1, 12])
    }

    @Test(arguments: [
        ("", "it has 0 fields and needs five"), ("0 18 * *", "it has 4 fields"), ("0 18 * * FRI 2026", "6 fields"),
        ("60 18 * * *", "its minute must list numbers from 0 to 59, ranges of them"),
        ("0 24 * * *", "its hour must"), ("0 0 0 * *", "its day of month must list numbers from 1 to 31,"),
        ("0 0 * 13 *", "its month must list numbers from 1 to 12 or JAN–DEC"),
        ("0 0 * * FRY", "its day of week must list numbers from 0 to 7 or SUN–SAT"),
        ("0 0 * * SAT-MON", "its day of week"), ("5-1 * * * *", "its minute"), ("*/0 * * * *", "its minute"),
        ("*/60 * * * *", "its minute"), ("0 18 * * ,", "its day of week"), ("+1 * * * *", "its minute"),
        ("1- * * * *", "its minute"), ("-1 * * * *", "its minute"), ("1/ * * * *", "its minute"),
        ("99999999999999999999 * * * *", "its minute"),
    ])
    func `what is not a schedule is refused with the field that is wrong`(_ text: String, _ reason: String) {
        let error = #expect(throws: CronError.self) { try CronSchedule(text) }
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    }
}
