import Testing

@testable import Controller

struct RequestLabelTests {
    @Test(
        arguments: [
            ("Get-InboundConnector", 200, "Get-InboundConnector 200"), ("token", 401, "token 401"),
            ("Get-InboundConnector", 418, "Get-InboundConnector 4xx"), ("EXOModuleFile", 302, "EXOModuleFile 3xx"),
            ("Get-Whatever", 200, "other 200"), ("token", nil, "token none"), ("token", 99_999, "token other"),
            ("token", -1, "token other"),
        ] as [(String, Int?, String)]
    )
    func `names and statuses are of a short list`(name: String, status: Int?, label: String) {
        let made = RequestLabel(name, status: status)
        #expect("\(made.cmdlet) \(made.status)" == label)
    }

    @Test func `whatever a server answers, a tenant has a bounded number of series`() {
        let labels = Set((-1_000...1_000).map { RequestLabel("token", status: $0).status })
        #expect(labels.count < 20)
    }
}
