import Connectors
import Testing

@Suite struct CivilDayTests {
    @Test(arguments: [
        (0, "1970-1-1", 4), (-1, "1969-12-31", 3), (11_016, "2000-2-29", 2), (-25_508, "1900-3-1", 4),
        (20_786, "2026-11-29", 0), (2_932_896, "9999-12-31", 5), (-719_528, "0-1-1", 6),
    ])
    func `a day is found by its number, and its number by the day`(number: Int, date: String, weekday: Int) {
        let day = CivilDay(number: number)
        #expect("\(day.year)-\(day.month)-\(day.day)" == date)
        #expect(day.weekday == weekday)
        #expect(day.number == number)
    }
}
