import Planning

/// The schemas of what the API answers, by the `kind` of each document.
enum SiteSchemas {
    static var all: [String: JSONValue] {
        [
            "Problem": object(
                ["type": text, "title": text, "status": integer, "detail": text, "id": text, "remedy": text],
                required: ["type", "title", "status", "detail", "id", "remedy"]
            ),
            "Tenants": document("Tenants", ["tenants": list(of: "TenantStatus")]),
            "Tenant": document("Tenant", ["status": reference("TenantStatus")]),
            "Plans": document("Plans", ["plans": list(of: "Plan")]),
            "Watches": document("Watches", ["watches": list(of: "Watch")]),
            "Events": document("Events", ["events": list(of: "Event")]),
            "Request": document("Request", ["id": text, "request": reference("RequestStatus")]),
            "Requests": document("Requests", ["requests": list(of: "RequestStatus")]),
            "Approvals": document("Approvals", ["approvals": list(of: "Approval")]),
            "Suspension": document("Suspension", ["suspension": reference("SuspensionStatus")]),
            "Version": document(
                "Version",
                ["version": text, "name": text, "commit": text, "date": instant],
                optional: ["commit", "date"]
            ),
            "History": document("History", ["runs": ["type": "array", "items": run], "hasMore": ["type": "boolean"]]),
            "Run": document(
                "Run",
                runMembers.merging(["plan": anything, "planProblem": text, "journal": anything]) { own, _ in own },
                optional: optionalRunMembers.union(["planProblem"])
            ),
            "TenantStatus": object(
                [
                    "tenant": text, "source": text, "labels": ["type": "object", "additionalProperties": text],
                    "state": text, "revision": text, "head": text, "since": instant,
                    "nextLook": instant, "lastReadAt": instant, "why": text, "conditions": list(of: "Condition"),
                    "suspension": reference("SuspensionStatus"), "lastRun": text, "changesDigest": text,
                    "breakGlass": list(of: "BreakGlass"),
                ],
                required: ["tenant", "source", "state", "since", "why", "conditions"]
            ),
            "BreakGlass": object(
                [
                    "tenant": text, "connector": object(["kind": text, "name": text], required: ["kind", "name"]),
                    "displayName": text, "owner": text, "reason": text, "since": instant, "until": instant, "run": text,
                ],
                required: ["tenant", "connector", "displayName", "owner", "reason", "since", "until", "run"]
            ),
            "Condition": object(
                [
                    "object": text, "type": text, "status": ["type": "string", "enum": ["True", "False", "Unknown"]],
                    "reason": text, "message": text, "since": instant,
                ],
                required: ["object", "type", "status", "reason", "message", "since"]
            ),
            "SuspensionStatus": object(
                ["tenant": text, "until": instant, "reason": text, "by": text, "since": instant],
                required: ["tenant", "until", "reason", "by", "since"]
            ),
            "RequestStatus": object(
                [
                    "id": text, "tenant": text, "state": ["type": "string", "enum": ["waiting", "running", "done"]],
                    "asked": instant, "by": text, "run": text, "exitCode": integer, "message": text,
                ],
                required: ["id", "tenant", "state", "asked", "by"]
            ),
            "Approval": object(
                ["tenant": text, "digest": text, "reason": text, "by": text, "at": instant],
                required: ["tenant", "digest", "reason", "by", "at"]
            ),
            "Plan": object(
                [
                    "tenant": text, "revision": text, "planDigest": text, "changesDigest": text, "made": instant,
                    "isWaiting": ["type": "boolean"], "create": integer, "update": integer, "delete": integer,
                    "drift": integer, "text": text,
                    "verdict": ["type": "string", "enum": ["pass", "warn", "approve", "hold", "block"]],
                ],
                required: ["tenant", "revision", "planDigest", "changesDigest", "made", "isWaiting", "text"]
            ),
            "Watch": object(
                [
                    "id": text, "tenant": text, "run": text, "object": text, "state": text, "reason": text,
                    "since": instant, "ends": instant, "good": integer, "bad": integer, "notCounted": integer,
                    "text": text,
                ],
                required: ["id", "tenant", "run", "object", "state", "since", "ends", "good", "bad", "text"]
            ),
            "Event": object(
                [
                    "id": text, "time": instant, "tenant": text, "object": text, "condition": text, "reason": text,
                    "transition": ["type": "string", "enum": ["raised", "cleared", "reminder"]],
                    "severity": ["type": "string", "enum": ["info", "warning", "high"]], "message": text,
                    "run": text, "revision": text, "link": text,
                ],
                required: ["id", "time", "object", "condition", "reason", "transition", "severity", "message"]
            ),
        ]
    }

    private static let text: JSONValue = ["type": "string"]
    private static let integer: JSONValue = ["type": "integer"]
    private static let instant: JSONValue = ["type": "string", "format": "date-time"]
    /// An object of the program's own, which `mitregate schema --outputs` describes, or nothing.
    private static let anything: JSONValue = ["type": ["object", "null"], "additionalProperties": true]

    private static let runMembers: [String: JSONValue] = [
        "run": text, "tenant": text, "command": text, "revision": text, "started": instant,
        "ended": ["type": ["string", "null"], "format": "date-time"],
        "result": orNull(RunRecord.Result.allCases.map(\.rawValue)), "exitCode": ["type": ["integer", "null"]],
        "message": text, "cause": text, "author": text, "subject": text, "startedBy": text, "startedFrom": text,
        "reason": text, "planDigest": text,
        "connectors": ["type": "array", "items": object(["kind": text, "name": text], required: ["kind", "name"])],
    ]
    private static let optionalRunMembers: Set<String> = [
        "cause", "author", "subject", "startedBy", "startedFrom", "reason", "planDigest", "connectors",
    ]
    private static let run: JSONValue = object(
        runMembers,
        required: runMembers.keys.filter { !optionalRunMembers.contains($0) }.sorted()
    )

    private static func orNull(_ words: [String]) -> JSONValue {
        ["anyOf": [["type": "string", "enum": .list(words.map { .text($0) })], ["type": "null"]]]
    }

    private static func reference(_ name: String) -> JSONValue { ["$ref": .text("#/components/schemas/\(name)")] }

    private static func list(of name: String) -> JSONValue { ["type": "array", "items": reference(name)] }

    private static func object(_ properties: [String: JSONValue], required: [String]) -> JSONValue {
        ["type": "object", "properties": .object(properties), "required": .list(required.map { .text($0) })]
    }

    private static func document(
        _ kind: String,
        _ properties: [String: JSONValue],
        optional: Set<String> = []
    ) -> JSONValue {
        var all = properties
        all["formatVersion"] = text
        all["kind"] = ["type": "string", "const": .text(kind)]
        let given = properties.keys.filter { !optional.contains($0) }.sorted()
        return object(all, required: ["formatVersion", "kind"] + given)
    }
}
