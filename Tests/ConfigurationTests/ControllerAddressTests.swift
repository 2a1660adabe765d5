import Configuration
import Testing

/// Where a command finds the controller.
struct ControllerAddressTests {
    private static func configuration(_ edit: (inout ServerSettings) -> Void) -> Configuration {
        var server = ServerSettings()
        edit(&server)
        return Configuration(
            file: "mitregate.yaml",
            sources: [],
            store: StoreSettings(url: .sqlite(path: "/mitregate.db")),
            mirrors: "/mirrors",
            server: server
        )
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let url: String
        let isOpenToReaders: Bool
        let edit: @Sendable (inout ServerSettings) -> Void

        init(
            _ testDescription: String,
            _ url: String,
            isOpenToReaders: Bool = false,
            _ edit: @escaping @Sendable (inout ServerSettings) -> Void
        ) {
            self.testDescription = testDescription
            self.url = url
            self.isOpenToReaders = isOpenToReaders
            self.edit = edit
        }
    }

    private static let files = ServerSettings.TLSFiles(certificate: "a.pem", privateKey: "b.pem")

    static let cases: [Case] = [
        Case("by default it is on this machine", "http://127.0.0.1:8080") { _ in },
        Case("an IPv6 address has brackets", "http://[::1]:9000") { ($0.host, $0.port) = ("::1", 9_000) },
        Case("every address of this machine is localhost", "https://localhost:8443") {
            ($0.host, $0.port, $0.tls) = ("0.0.0.0", 8_443, files)
        },
        Case("behind a proxy it is the proxy's", "https://mitregate.contoso.com") {
            ($0.host, $0.isBehindProxy, $0.publicURL) = ("10.0.0.5", true, "https://mitregate.contoso.com")
        },
        Case("behind a proxy without a name it is open to readers", "http://10.0.0.5:8080", isOpenToReaders: true) {
            ($0.host, $0.isBehindProxy) = ("10.0.0.5", true)
        },
    ]

    @Test("The configuration's own address", arguments: cases)
    func configured(_ example: Case) {
        let address = ControllerAddress(Self.configuration(example.edit))
        #expect(address.url == example.url)
        #expect(address.isOpenToReaders == example.isOpenToReaders)
    }

    @Test func `a named address is a web address, and in clear only on this machine`() {
        #expect(ControllerAddress(named: "https://mitregate.contoso.com/")?.url == "https://mitregate.contoso.com")
        #expect(ControllerAddress(named: "https://mitregate.contoso.com")?.isOpenToReaders == false)
        #expect(ControllerAddress(named: "http://127.0.0.1:8080")?.isOpenToReaders == false)
        #expect(ControllerAddress(named: "http://mitregate.contoso.com")?.isOpenToReaders == true)
        for text in ["", "127.0.0.1:8080", "ftp://contoso.com", "http://", "http://me@contoso.com", "http://a b"] {
            #expect(ControllerAddress(named: text) == nil, "\(text)")
        }
    }

    @Test func `whether a server was configured is known`() {
        #expect(ControllerAddress(Self.configuration { _ in }).origin == .listen(isConfigured: false))
    }
}
