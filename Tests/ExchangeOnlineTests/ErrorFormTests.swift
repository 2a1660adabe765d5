import Connectors
import ExchangeOnline
import ExchangeSimulator
import Testing

/// Every form in which the service is known to refuse, turned into one error.
@Suite(.timeLimit(.minutes(10)))
struct ErrorFormTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let effect: String
        let reason: ExchangeError.Reason
        /// What the message says in addition to the cmdlet.
        let text: String
        var type: String?
    }

    private static func body(_ json: String, status: Int = 400) -> String {
        let escaped = json.split(separator: "\n").joined().flatMap { character in
            character == "\"" || character == "\\" ? "\\\(character)" : String(character)
        }
        return #"{"status": \#(status), "contentType": "application/json", "body": "\#(String(escaped))"}"#
    }

    private static let notFound = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"
    private static let alreadyExists = "Microsoft.Exchange.Management.Tasks.ErrorInboundConnectorAlreadyExistsException"
    private static let stillReferenced =
        "Microsoft.Exchange.Management.Tasks.ConnectorIncorrectUsageConnectorStillReferencedException"

    @Test(arguments: [
        Case(
            testDescription: "an inner exception of a bad enumerator",
            effect: body(
                #"""
                {"error":{"code":"BadRequest","message":"Invalid Operation","innererror":{"message":"Invalid Operation",
                "type":"Microsoft.Exchange.Admin.OData.Core.ODataServiceException","stacktrace":"","internalexception":{
                "message":"Unable to match the identifier name Strict","type":"Microsoft.Exchange.AdminApi.CommandInvocation.ParameterTransformationException",
                "stacktrace":""}},"@adminapi.warnings":[]}}
                """#
            ),
            reason: .valueInvalid,
            text: "Unable to match the identifier name Strict",
            type: "Microsoft.Exchange.AdminApi.CommandInvocation.ParameterTransformationException"
        ),
        Case(
            testDescription: "details alone, with a bar in the text",
            effect: body(
                #"{"error":{"code":"NotFound","message":"Error executing cmdlet","details":[{"message":"Ex6F9304|\#(notFound)|object 'a|b' couldn't be found"}]}}"#,
                status: 404
            ),
            reason: .objectNotFound,
            text: "object 'a|b' couldn't be found",
            type: notFound
        ),
        Case(
            testDescription: "details with an empty id, in a 400",
            effect: body(#"{"error":{"code":"BadRequest","details":[{"message":"|\#(notFound)|gone"}]}}"#),
            reason: .objectNotFound,
            text: "gone",
            type: notFound
        ),
        Case(
            testDescription: "a detail without its parts",
            effect: body(#"{"error":{"code":"BadRequest","details":[{"message":"just text"}]}}"#),
            reason: .cmdletFailed,
            text: "just text"
        ),
        Case(
            testDescription: "both; the inner exception says more",
            effect: body(
                #"{"error":{"details":[{"message":"|A.B|outer"}],"innererror":{"internalException":{"message":"inner","type":"\#(alreadyExists)"}}}}"#
            ),
            reason: .nameTaken,
            text: "inner",
            type: alreadyExists
        ),
        Case(
            testDescription: "the inner exception in its third spelling",
            effect: body(
                #"{"error":{"innererror":{"innerexception":{"message":"in use","type":"\#(stillReferenced)"}}}}"#
            ),
            reason: .stillReferenced,
            text: "in use",
            type: stillReferenced
        ),
        Case(
            testDescription: "a message alone",
            effect: body(#"{"error":{"code":"BadRequest","message":"Invalid Operation"}}"#),
            reason: .cmdletFailed,
            text: "Invalid Operation"
        ),
        Case(
            testDescription: "a message without an error around it",
            effect: body(#"{"Message":"Authorization has been denied."}"#),
            reason: .cmdletFailed,
            text: "Authorization has been denied."
        ),
        Case(
            testDescription: "NotFound by its code alone",
            effect: body(#"{"error":{"code":"NotFound","message":"Error executing cmdlet"}}"#, status: 400),
            reason: .objectNotFound,
            text: "Error executing cmdlet"
        ),
        Case(
            testDescription: "a parameter that there is not",
            effect:
                #"{"errorBody": {"type": "Microsoft.X.AmbiguousParameterSetException", "text": "provided: Foo", "form": "both"}}"#,
            reason: .parameterUnknown,
            text: "provided: Foo",
            type: "Microsoft.X.AmbiguousParameterSetException"
        ),
        Case(
            testDescription: "a property's rule",
            effect: #"{"errorBody": {"type": "Microsoft.Exchange.Data.DataValidationException", "text": "Too long."}}"#,
            reason: .valueInvalid,
            text: "Too long.",
            type: "Microsoft.Exchange.Data.DataValidationException"
        ),
        Case(
            testDescription: "plain text",
            effect: #"{"status": 400, "body": "No such thing."}"#,
            reason: .cmdletFailed,
            text: "No such thing."
        ),
        Case(
            testDescription: "a web page",
            effect: #"{"status": 400, "body": "html"}"#,
            reason: .cmdletFailed,
            text: "a web page titled \"400\""
        ),
        Case(
            testDescription: "an address that is not the admin API's",
            effect: #"{"status": 404, "body": "html"}"#,
            reason: .cmdletFailed,
            text: "a web page"
        ),
        Case(
            testDescription: "NUL bytes",
            effect: #"{"forbidden": "nul"}"#,
            reason: .permissionMissing,
            text: "(HTTP 403)."
        ),
        Case(
            testDescription: "nothing",
            effect: #"{"forbidden": "empty"}"#,
            reason: .permissionMissing,
            text: "(HTTP 403)."
        ),
        Case(
            testDescription: "diagnostics in a header",
            effect: #"{"forbidden": "diagnostics"}"#,
            reason: .permissionMissing,
            text: "(HTTP 403)."
        ),
        Case(
            testDescription: "a token that is not taken",
            effect: #"{"unauthorized": true}"#,
            reason: .tokenRejected,
            text: "access token"
        ),
        Case(
            testDescription: "another host",
            effect: #"{"redirect": "eur01"}"#,
            reason: .redirected,
            text: "another host"
        ),
        Case(
            testDescription: "an escape sequence for a terminal",
            effect: #"{"status": 400, "body": "\u001b[2Jcleared\u0007"}"#,
            reason: .cmdletFailed,
            text: #"\u{1b}[2Jcleared\u{7}"#
        ),
    ])
    func `is one typed error`(_ example: Case) async throws {
        try await withTenant { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Remove-InboundConnector"}, "times": "always", "effect": \#(example.effect)}]"#
            )
            let outcome = await tenant.writer.delete(.inboundConnector, guid: "", name: "x")
            let error = try #require(outcome.refusal)
            #expect(error.reason == example.reason)
            #expect(error.message.contains(example.text), "\(error.message)")
            #expect(error.message.contains("Remove-InboundConnector") || example.reason == .throttled)
            #expect(error.exceptionType == example.type)
            #expect(error.cmdlet == "Remove-InboundConnector")
            #expect(!error.remedy.isEmpty)
            #expect(error.clientRequestId?.isEmpty == false)
            if example.testDescription.contains("diagnostics") {
                #expect(error.diagnostics?.hasPrefix("2000003;reason=") == true)
            }
        }
    }

    @Test func `the ids of the request are kept`() async throws {
        try await withTenant { tenant in
            let outcome = await tenant.writer.delete(.inboundConnector, guid: "", name: "missing")
            let error = try #require(outcome.refusal)
            #expect(error.reason == .objectNotFound)
            let request = try #require(tenant.requests("Remove-InboundConnector").first)
            #expect(error.clientRequestId == request.headers["client-request-id"])
            #expect(error.requestId?.isEmpty == false)
            #expect(error.description.contains("client-request-id"))
        }
    }

    @Test func `what echoes our token does not get it into the error`() async throws {
        try await withTenant { tenant in
            let token = try await tenant.tokens.token(for: .exchange).text
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Remove-*"}, "effect": {"status": 400, "body": "Authorization: Bearer \#(token)!"}}]"#
            )
            let outcome = await tenant.writer.delete(.inboundConnector, guid: "", name: "x")
            let error = try #require(outcome.refusal)
            #expect(error.message.hasSuffix("Authorization: Bearer [secret]!"))
            #expect(!String(reflecting: error).contains(token))
        }
    }
}
