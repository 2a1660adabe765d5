import Foundation
import Testing

@testable import Transfers

@Suite struct ResponseTimeTests {
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"

    @Test(
        arguments: [
            ("120", 120), ("0", 0), ("-1", 0), ("999999999999", 86_400), ("99999999999999999999", nil), ("soon", nil),
            ("", nil),
            ("Sun, 06 Nov 1994 08:50:07 GMT", 30), ("Sun, 06 Nov 1994 08:49:07 GMT", 0),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400), ("Sunday, 06-Nov-94 08:50:07 GMT", nil),
            ("Sun, 06 Nov 1994 08:50:07 EST", nil), ("Sun, 99 Nov 1994 08:50:07 GMT", nil),
            (String(repeating: "9", count: 100_000), nil),
        ] as [(String, Int?)]
    )
    func `Retry-After is a number of seconds or a date by the server's clock, and at most a day`(
        _ text: String,
        _ seconds: Int?
    ) {
        let headers = HTTPHeaders([(name: "retry-after", value: text), (name: "Date", value: Self.date)])
        let response = HTTPResponse(status: 429, headers: headers)
        #expect(response.retryAfter() == seconds.map { .seconds($0) })
    }

    @Test func `a date counts from this clock where the server does not say its time`() {
        let response = HTTPResponse(
            status: 429,
            headers: HTTPHeaders([(name: "Retry-After", value: Self.date)])
        )
        #expect(response.date == nil)
        #expect(response.retryAfter(now: Date(timeIntervalSince1970: 784_111_777 - 60)) == .seconds(60))
    }
}
