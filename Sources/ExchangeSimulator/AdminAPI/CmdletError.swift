/// A cmdlet's failure, with the parts that the error body of section 2.6 is made of.
struct CmdletError: Error, Hashable, Sendable {
    /// Which of the optional parts of the body there are.
    enum Form: String, Hashable, Sendable {
        case details, internalexception, both, message
    }

    var status = 400
    var code = "BadRequest"
    /// The full .NET name of the exception.
    let type: String
    let text: String
    /// `Ex` and six hexadecimal digits, or empty.
    var errorId = ""
    var form = Form.details

    init(_ type: String, _ text: String, status: Int = 400, form: Form = .details) {
        self.type = type
        self.text = text
        self.status = status
        self.form = form
    }

    /// From a fault: `{"type", "text", "status"?, "code"?, "errorId"?, "form"?}`.
    init(_ node: DocumentNode) throws(SimulatorError) {
        try node.onlyMembers(["type", "text", "status", "code", "errorId", "form"])
        type = try node.needed("type").string()
        text = try node.needed("text").string()
        status = try node["status"]?.int() ?? 400
        code = try node["code"]?.string() ?? Self.code(of: status)
        errorId = try node["errorId"]?.string() ?? "ExBDDC58"
        if let word = node["form"] {
            guard let form = Form(rawValue: try word.string()) else {
                throw word.wrong("details, internalexception, both or message is expected")
            }
            self.form = form
        }
    }

    private static func code(of status: Int) -> String {
        switch status {
        case 404: "NotFound"
        case 500...: "InternalServerError"
        default: "BadRequest"
        }
    }
}

// The exceptions' names are from section 2.6 and 3.4; namespaces that a source doesn't show are inferred.
extension CmdletError {
    private static let tasks = "Microsoft.Exchange.Management.Tasks."
    private static let commands = "Microsoft.Exchange.AdminApi.CommandInvocation."

    static func notFound(_ identity: String, server: String) -> CmdletError {
        var error = CmdletError(
            "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
            "The operation couldn't be performed because object '\(identity)' couldn't be found on '\(server)'.",
            status: 404
        )
        error.code = "NotFound"
        error.errorId = "Ex6F9304"
        return error
    }

    static func validation(_ text: String) -> CmdletError {
        var error = CmdletError("Microsoft.Exchange.Data.DataValidationException", text)
        error.errorId = "ExBDDC58"
        return error
    }

    /// A rule that a task of its own exception checks.
    ///
    /// The texts are not known verbatim and are ours.
    static func task(_ exception: String, _ text: String) -> CmdletError {
        var error = CmdletError(tasks + exception, text)
        error.errorId = "Ex41BAF5"
        return error
    }

    /// As captured for a bad enumerator: section 11.5.
    static func transformation(_ parameter: String, value: String, type: String, _ reason: String) -> CmdletError {
        CmdletError(
            commands + "ParameterTransformationException",
            "Cannot process argument transformation on parameter '\(parameter)'. Cannot convert value \"\(value)\" to type "
                + "\"\(type)\". Error: \"\(reason)\"",
            form: .internalexception
        )
    }

    /// For a parameter that there isn't, or that the caller's roles hide; the text ends with the names.
    ///
    /// Section 2.6.
    static func unknownParameters(_ names: [String]) -> CmdletError {
        CmdletError(
            commands + "AmbiguousParameterSetException",
            "Parameter set cannot be resolved using the specified named parameters. One or more parameters issued cannot be "
                + "used together or an insufficient number of parameters were provided: \(names.joined(separator: ", "))",
            form: .internalexception
        )
    }

    /// The first cmdlets of the message trace answer 400 here.
    ///
    /// Section 14.2; the text is ours.
    static func retired(_ cmdlet: String) -> CmdletError {
        CmdletError(commands + "CmdletRetiredException", "\(cmdlet) has been retired. Use \(cmdlet)V2.")
    }

    /// Section 14.2; seen over Graph, that this door answers alike is inferred.
    static let quotaSpent = {
        var error = CmdletError(
            commands + "ThrottlingException",
            "Your recent queries have surpassed the permitted limit. Please try again later.",
            status: 429
        )
        error.code = "TooManyRequests"
        return error
    }()

    /// PowerShell's own text; that it comes in this form is inferred.
    static func missingParameters(_ names: [String]) -> CmdletError {
        CmdletError(
            "System.Management.Automation.ParameterBindingException",
            "Cannot process command because of one or more missing mandatory parameters: \(names.joined(separator: " "))."
        )
    }

    static func tooLong(maximum: Int, count: Int) -> CmdletError {
        validation(
            "The length of the property is too long. The maximum length is \(maximum) and the length of the value "
                + "provided is \(count)."
        )
    }
}
