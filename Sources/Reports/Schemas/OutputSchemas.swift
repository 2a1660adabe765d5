/// The JSON Schemas of what commands print with `-o json`: one for each `kind` of document.
///
/// A reader ignores members that it does not know, so the schemas allow them; what is added raises the part of
/// `formatVersion` behind the dot.
package enum OutputSchemas {
    struct Document: Encodable {
        let kind: String
        let version: String
        let members: [Shape.Member]

        private enum Key: String, CodingKey {
            case schema = "$schema", title, type, properties, required, definitions
        }

        private struct Constant: Encodable { let const: String }

        private struct Name: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }

            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode("http://json-schema.org/draft-07/schema#", forKey: .schema)
            try container.encode("Mitregate \(kind), format \(version)", forKey: .title)
            try container.encode("object", forKey: .type)
            var properties = container.nestedContainer(keyedBy: Name.self, forKey: .properties)
            try properties.encode(Constant(const: kind), forKey: Name(stringValue: "kind"))
            try properties.encode(Shape.text, forKey: Name(stringValue: "formatVersion"))
            for member in members { try properties.encode(member.shape, forKey: Name(stringValue: member.name)) }
            try container.encode(
                ["formatVersion", "kind"] + members.filter(\.isRequired).map(\.name),
                forKey: .required
            )
            var definitions = container.nestedContainer(keyedBy: Name.self, forKey: .definitions)
            let needed = OutputSchemas.reachable(from: members.map(\.shape))
            for (name, shape) in OutputSchemas.definitions where needed.contains(name) {
                try definitions.encode(shape, forKey: Name(stringValue: name))
            }
        }
    }

    /// The names of the parts that these shapes are made of, whole.
    private static func reachable(from shapes: [Shape]) -> Set<String> {
        let parts = Dictionary(definitions) { first, _ in first }
        var found: Set<String> = []
        var open = shapes.flatMap(\.names)
        while let name = open.popLast() {
            guard found.insert(name).inserted else { continue }
            open += parts[name]?.names ?? []
        }
        return found
    }

    /// Every schema by its file name, as `plan.output.schema.json`, in the order of the kinds.
    package static func all() -> [(name: String, json: String)] {
        documents.sorted { $0.kind < $1.kind }.map { document in
            (fileName(document.kind), JSONText.encode(document))
        }
    }

    package static func fileName(_ kind: String) -> String { "\(kind.lowercased()).output.schema.json" }

    /// The kinds, in order.
    package static var kinds: [String] { documents.map(\.kind).sorted() }

    /// One document with all schemas, by kind.
    package static var json: String {
        JSONText.encode(Collection(schemas: Dictionary(documents.map { ($0.kind, $0) }) { first, _ in first }))
    }

    private struct Collection: Encodable {
        let formatVersion = "1.0"
        let kind = "Schemas"
        let schemas: [String: Document]
    }

    private static let documents: [Document] = commandDocuments + controllerDocuments

    private static let commandDocuments: [Document] = [
        document(PlanDocument.self, [.given("tenants", .list(.named("tenantPlan"))), .given("digest", .text)]),
        document(ApplyDocument.self, [.given("tenants", .list(.named("tenantApply")))]),
        document(DriftDocument.self, [.given("tenants", .list(.named("tenantDrift")))]),
        document(StatusDocument.self, [.given("tenants", .list(.named("tenantStatus")))]),
        document(HistoryDocument.self, [.given("runs", .list(.object(runMembers))), .given("hasMore", .boolean)]),
        document(
            ShowDocument.self,
            runMembers + [
                .given("plan", .optional(.named("tenantPlan"))), .mayBe("planProblem", .text),
                .given("journal", .optional(.opaque)),
            ]
        ),
        document(
            GateDocument.self,
            [
                .given("tenants", .list(.named("tenantVerdict"))),
                .given("certificates", .list(.object([.given("tenant", .text)] + certificateMembers))),
            ]
        ),
        document(
            ProbeDocument.self,
            [.given("servers", .list(.object([.given("target", .text)] + judgementMembers)))]
        ),
        document(
            CertificateDocument.self,
            [
                .given("isValid", .boolean), .given("at", .instant), .given("problems", .list(.named("chainProblem"))),
                .given("path", .list(.opaque)), .mayBe("matchedName", .text),
            ]
        ),
        document(DoctorDocument.self, [.given("checks", .list(.named("doctorCheck")))]),
        document(
            RetryDocument.self,
            [
                .given(
                    "lifted",
                    .list(.object([.given("tenant", .text), .given("revision", .text), .given("run", .text)]))
                )
            ]
        ),
        document(StateDocument.self, [.given("tenants", .list(.named("rememberedTenant")))]),
        document(
            AuditDocument.self,
            [
                .mayBe("since", .instant), .mayBe("until", .instant), .given("rows", .list(.named("auditRow"))),
                .given("unreadableRuns", .list(.text)),
            ]
        ),
        document(
            BreakGlassDocument.self,
            [
                .given("action", .words(["disable", "enable"])), .given("tenants", .list(.named("tenantApply"))),
                .given("emergencies", .list(.named("breakGlass"))), .given("patch", .text),
            ]
        ),
        document(
            CommentDocument.self,
            [
                .given("request", .integer), .given("page", .text), .mayBe("reason", .text),
                .given("tenants", .list(.named("tenantPlan"))), .given("exitCode", .integer),
            ]
        ),
        document(
            ConnectorValidationDocument.self,
            [
                .given("tenant", .text), .given("name", .text), .mayBe("displayName", .text),
                .given("run", .optional(.text)), .given("recipients", .list(.text)),
                .given("passed", .optional(.boolean)),
                .given("tasks", .list(.object([.given("name", .text), .given("isSuccessful", .boolean)]))),
                .given("recordedAt", .optional(.instant)), .mayBe("warnings", .list(.text)),
                .mayBe("errors", .list(.named("error"))),
                .given("exitCode", .integer),
            ]
        ),
        document(
            PartnerDocument.self,
            [
                .given("tenant", .text), .given("name", .text), .given("text", .text),
                .given("ourDomains", .list(.text)),
                .given(
                    "microsoft",
                    .object([
                        .given("certificateName", .text), .given("root", .text), .given("rootSHA1", .text),
                    ])
                ),
                .mayBe("outbound", .named("partnerDirection")), .mayBe("inbound", .named("partnerDirection")),
            ]
        ),
        document(ErrorDocument.self, [.given("errors", .list(.named("error")))]),
        Document(
            kind: "Import",
            version: "1.1",
            members: [
                .given("tenant", .text), .mayBe("request", .text), .mayBe("page", .text),
                .given(
                    "files",
                    .list(
                        .object([
                            .given("file", .text), .given("kind", .text), .given("name", .text),
                            .given("displayName", .text), .given("isDefinition", .boolean), .given("text", .text),
                        ])
                    )
                ),
            ]
        ),
        Document(
            kind: "Validation",
            version: "1.0",
            members: [
                .given("valid", .boolean), .given("files", .integer), .given("documents", .integer),
                .given("diagnostics", .list(.named("diagnostic"))), .given("errors", .list(.named("error"))),
            ]
        ),
    ]

    private static func document<D: ReportDocument>(_ type: D.Type, _ members: [Shape.Member]) -> Document {
        Document(kind: D.kind, version: D.formatVersion, members: members)
    }
}
