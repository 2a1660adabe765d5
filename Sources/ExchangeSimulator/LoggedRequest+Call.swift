import FoundationEssentials

extension LoggedRequest {
    init(_ call: Call, number: Int, time: Date, fault: Int?) {
        var headers = call.request.headers
        if let value = headers["authorization"] {
            headers["authorization"] = value.split(separator: " ").first.map { "\($0) [redacted]" } ?? "[redacted]"
        }
        if headers["x-identity-header"] != nil { headers["x-identity-header"] = "[redacted]" }
        self.init(
            number: number,
            time: time,
            method: call.request.method,
            path: call.request.target,
            headers: headers,
            body: Self.redacted(call),
            tenant: call.tenant?.tenantId,
            cmdlet: call.cmdlet,
            parameters: call.parameters.map { JSON.object($0).text },
            status: nil,
            fault: fault,
            changedTenant: false
        )
    }

    private static func redacted(_ call: Call) -> String {
        guard case .token = call.route else { return call.request.text }
        return call.request.text.split(separator: "&").map { pair in
            let isSecret = pair.hasPrefix("client_secret=") || pair.hasPrefix("client_assertion=")
            return isSecret ? "\(pair.prefix { $0 != "=" })=[redacted]" : String(pair)
        }.joined(separator: "&")
    }

    var json: JSON {
        .object([
            "number": .number(number),
            "time": .string(Timestamp.sevenDigits(time) + "Z"),
            "method": .string(method),
            "path": .string(path),
            "headers": .object(
                JSONObject(headers.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .string($0.value)) })
            ),
            "body": .string(body),
            "tenant": tenant.map(JSON.string) ?? .null,
            "cmdlet": cmdlet.map(JSON.string) ?? .null,
            "parameters": parameters.flatMap { try? JSONReader.read($0) } ?? .null,
            "status": status.map(JSON.number) ?? .null,
            "fault": fault.map(JSON.number) ?? .null,
            "changedTenant": .bool(changedTenant),
        ])
    }
}
