import FoundationEssentials
import Scheduling
import Testing

/// What is told of a certificate that ends.
struct CertificateLedgerTests {
    private static let object = "Partner/fabrikam"

    private static func certificate(_ days: Double, _ subject: String = "mx.fabrikam.com") -> EndingCertificate {
        EndingCertificate(object: object, subject: subject, notAfter: start.addingTimeInterval(days * 86_400))
    }

    @Test func `one event at 30, 14, 7, 3 and 1 days, and one at the end, however often one looks`() {
        var ledger = CertificateLedger(tenant: "contoso")
        var told: [String] = []
        for hour in 0..<(24 * 45) {
            let now = start.addingTimeInterval(TimeInterval(hour) * 3_600)
            let drafts = ledger.look(at: [Self.certificate(40)], of: [Self.object], at: now)
            for draft in drafts { told.append("\(hour / 24) \(draft.reason) \(draft.severity.rawValue)") }
        }
        #expect(
            told == [
                "10 ends-in-30-days info", "26 ends-in-14-days warning", "33 ends-in-7-days warning",
                "37 ends-in-3-days high", "39 ends-in-1-days high", "40 ended high",
            ]
        )
    }

    @Test func `our own credential is told as such, with what to do`() {
        var ledger = CertificateLedger(tenant: "contoso", of: .credential)
        let own = EndingCertificate(
            object: "Credential/contoso",
            subject: "contoso",
            notAfter: start.addingTimeInterval(6 * 86_400)
        )
        let drafts = ledger.look(at: [own], of: ["Credential/contoso"], at: start)
        #expect(drafts.map(\.condition) == [.credentialEnds])
        #expect(drafts.map(\.reason) == ["ends-in-7-days"])
        #expect(drafts.first?.message.hasPrefix("The credential of contoso ends within 7 days") == true)
        #expect(drafts.first?.message.contains("Make a new one") == true)
    }

    @Test func `a renewal clears, and is told once`() {
        var ledger = CertificateLedger()
        _ = ledger.look(at: [Self.certificate(2)], of: [Self.object], at: start)
        let drafts = ledger.look(at: [Self.certificate(90)], of: [Self.object], at: start)
        #expect(drafts.map(\.transition) == [.cleared])
        #expect(ledger.look(at: [Self.certificate(90)], of: [Self.object], at: start) == [])
    }

    @Test func `a certificate that is gone clears, but not when its partner was not looked at`() {
        var ledger = CertificateLedger()
        _ = ledger.look(at: [Self.certificate(2)], of: [Self.object], at: start)
        #expect(ledger.look(at: [], of: ["Partner/other"], at: start) == [])
        #expect(ledger.look(at: [], of: [Self.object], at: start).map(\.transition) == [.cleared])
    }

    @Test func `of two certificates of one name the first that ends counts`() {
        for order in [[2.0, 90], [90, 2]] {
            var ledger = CertificateLedger()
            let certificates = order.map { Self.certificate($0) }
            let drafts = ledger.look(at: certificates, of: [Self.object], at: start)
            #expect(drafts.map(\.reason) == ["ends-in-3-days"])
            #expect(ledger.look(at: certificates, of: [Self.object], at: start) == [])
        }
    }

    @Test func `a replacement that ends sooner is told of`() {
        var ledger = CertificateLedger()
        _ = ledger.look(at: [Self.certificate(6)], of: [Self.object], at: start)
        let drafts = ledger.look(at: [Self.certificate(4)], of: [Self.object], at: start)
        #expect(drafts.map(\.reason) == ["ends-in-7-days"])
    }

    @Test func `a ledger that was stored tells nothing twice`() throws {
        var ledger = CertificateLedger()
        _ = ledger.look(at: [Self.certificate(6)], of: [Self.object], at: start)
        var copy = try JSONCoding.copy(ledger)
        #expect(copy.look(at: [Self.certificate(6)], of: [Self.object], at: start) == [])
    }
}
