/// What commands print of what a controller answered, and of templates.
extension OutputSchemas {
    static let controllerDocuments: [Document] = [
        Document(kind: "Tenants", version: "1.2", members: [.given("tenants", .list(tenant))]),
        Document(kind: "Events", version: "1.0", members: [.given("events", .list(event))]),
        Document(kind: "Requests", version: "1.0", members: [.given("requests", .list(request))]),
        Document(kind: "Approvals", version: "1.0", members: [.given("approvals", .list(approval))]),
        Document(kind: "Suspension", version: "1.0", members: [.given("suspension", suspension)]),
        Document(kind: "Suspensions", version: "1.0", members: [.given("suspensions", .list(suspension))]),
        Document(kind: "Watches", version: "1.0", members: [.given("watches", .list(watch))]),
        Document(
            kind: "TemplateInstances",
            version: "1.0",
            members: [
                .given("template", .text),
                .given(
                    "tenants",
                    .list(
                        .object([
                            .given("tenant", .text), .mayBe("revision", .optional(.text)),
                            .given("instances", .list(templateInstance)),
                        ])
                    )
                ),
            ]
        ),
    ]

    private static let tenant = Shape.object([
        .given("tenant", .text), .given("source", .text), .mayBe("labels", .map(.text)), .given("state", .text),
        .mayBe("revision", .text), .mayBe("head", .text), .given("since", .instant), .mayBe("nextLook", .instant),
        .given("why", .text), .given("conditions", .list(condition)), .mayBe("suspension", suspension),
        .mayBe("lastReadAt", .instant), .mayBe("lastRun", .text), .mayBe("changesDigest", .text),
        .mayBe("breakGlass", .list(.named("breakGlass"))),
    ])

    private static let condition = Shape.object([
        .given("object", .text), .given("type", .text), .given("status", .words(["True", "False", "Unknown"])),
        .given("reason", .text), .given("message", .text), .given("since", .instant),
    ])

    private static let event = Shape.object([
        .given("id", .text), .given("time", .instant), .mayBe("tenant", .text), .given("object", .text),
        .given("condition", .text), .given("reason", .text),
        .given("transition", .words(["raised", "cleared", "reminder"])),
        .given("severity", .words(["info", "warning", "high"])), .given("message", .text), .mayBe("run", .text),
        .mayBe("revision", .text), .mayBe("link", .text),
    ])

    private static let request = Shape.object([
        .given("id", .text), .given("tenant", .text), .given("state", .words(["waiting", "running", "done"])),
        .given("asked", .instant), .given("by", .text), .mayBe("run", .text), .mayBe("exitCode", .integer),
        .mayBe("message", .text),
    ])

    private static let approval = Shape.object([
        .given("tenant", .text), .given("digest", .text), .given("reason", .text), .given("by", .text),
        .given("at", .instant),
    ])

    private static let suspension = Shape.object([
        .given("tenant", .text), .given("until", .instant), .given("reason", .text), .given("by", .text),
        .given("since", .instant),
    ])

    private static let watch = Shape.object([
        .given("id", .text), .given("tenant", .text), .given("run", .text), .given("object", .text),
        .given("state", .text), .mayBe("reason", .text), .given("since", .instant), .given("ends", .instant),
        .given("good", .integer), .given("bad", .integer), .given("notCounted", .integer), .given("text", .text),
    ])

    private static let place = Shape.object([
        .given("file", .text), .given("line", .integer), .given("column", .integer),
    ])

    private static let templateInstance = Shape.object([
        .given("source", place), .given("instance", place), .given("isConfigured", .boolean),
        .given(
            "values",
            .list(
                .object([
                    .given("name", .text), .given("value", .text), .given("source", place),
                    .given("isDefault", .boolean),
                ])
            )
        ),
        .given("documents", .list(.object([.given("source", place), .given("definition", .opaque)]))),
    ])
}
