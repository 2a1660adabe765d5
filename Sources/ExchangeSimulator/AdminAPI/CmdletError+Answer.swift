extension CmdletError {
    private static let service = "Microsoft.Exchange.Admin.OData.Core.ODataServiceException"

    /// The error body of sections 2.6 and 11.5.
    func answer(oddForms: Bool, random: inout Random) -> Answer {
        .json(status, .object(body(oddForms: oddForms, random: &random)), headers: [("x-ExceptionType", type)])
    }

    func body(oddForms: Bool, random: inout Random) -> JSONObject {
        // Seen with either message; which one comes when is not known.
        let message = form == .details && code == "NotFound" ? "Error executing cmdlet" : "Invalid Operation"
        var error = JSONObject(["code": .string(code), "message": .string(message)])
        if form == .details || form == .both {
            error["details"] = .array([
                .object([
                    "code": .string("Client"), "target": .string(""), "message": .string("\(errorId)|\(type)|\(text)"),
                ])
            ])
        }
        if form != .message {
            var inner = JSONObject([
                "message": .string(message), "type": .string(Self.service), "stacktrace": .string(""),
            ])
            if form == .internalexception || form == .both {
                let names = ["internalexception", "internalException", "innerexception"]
                inner[oddForms ? random.pick(names) : names[0]] = .object([
                    "message": .string(text), "type": .string(type), "stacktrace": .string(""),
                ])
            }
            error["innererror"] = .object(inner)
        }
        return JSONObject([
            "error": .object(error), "adminapi.warnings@odata.type": .string("#Collection(String)"),
            "@adminapi.warnings": .array([]),
        ])
    }
}
