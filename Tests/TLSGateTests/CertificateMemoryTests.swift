import TLSGate
import Testing

@Suite struct CertificateMemoryTests {
    @Test func `certificates are found by their bytes, within a bound that more of them do not pass`() {
        let certificates = Fixture.certificates(["leaf", "int", "expired", "future", "private"])
        let largest = certificates.map(\.footprint).max() ?? 0
        var memory = CertificateMemory(maximumSize: largest * 2)
        for certificate in certificates {
            memory.keep(certificate)
            memory.keep(certificate)
            #expect(memory[certificate.der] == certificate)
            #expect(memory.size <= memory.maximumSize)
        }
        #expect(certificates.filter { memory[$0.der] != nil }.count < certificates.count)
        #expect(memory[[0x30, 0x00]] == nil)
    }

    @Test func `one that is larger than all that may be kept is not kept`() {
        let certificate = Fixture.certificates(["leaf"])[0]
        var memory = CertificateMemory(maximumSize: certificate.footprint - 1)
        memory.keep(certificate)
        #expect(memory[certificate.der] == nil)
        #expect(memory.size == 0)
    }
}
