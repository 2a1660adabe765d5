import Connectors
import Definitions
import Foundation
import TestSupport
import Testing
import YAML

/// What can be wrong with templates and their instances, and the place that each problem names.
struct TemplateProblemTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// Lines of `spec.parameters`.
        var parameters = "domain: {type: domain}"
        var domains = "[\"${domain}\"]"
        var document = ""
        var values = "domain: fabrikam.com"
        /// The place of each, its rule, and where else it points.
        let problems: [String]
    }

    @Test(arguments: [
        Case(testDescription: "a right one has none", problems: []),
        Case(
            testDescription: "a missing value is told at the instance and its parameter",
            values: "",
            problems: ["a.yaml:1:1 template-value ../../templates/partner.yaml:6:5"]
        ),
        Case(
            testDescription: "an unknown value is told where it stands",
            values: "domain: fabrikam.com, domian: x",
            problems: ["a.yaml:6:42 template-value ../../templates/partner.yaml:3:18"]
        ),
        Case(
            testDescription: "a wrong value is told where it stands",
            values: "domain: not a domain",
            problems: ["a.yaml:6:20 template-value ../../templates/partner.yaml:6:5"]
        ),
        Case(
            testDescription: "a number is no text",
            values: "domain: 12",
            problems: ["a.yaml:6:20 template-value ../../templates/partner.yaml:6:5"]
        ),
        Case(
            testDescription: "a list is no domain",
            values: "domain: [fabrikam.com]",
            problems: ["a.yaml:6:20 template-value ../../templates/partner.yaml:6:5"]
        ),
        Case(
            testDescription: "a mapping is no value",
            values: "domain: {a: b}",
            problems: ["a.yaml:6:20 template-value ../../templates/partner.yaml:6:5"]
        ),
        Case(
            testDescription: "a null is no value",
            values: "domain: null",
            problems: ["a.yaml:6:20 template-value ../../templates/partner.yaml:6:5"]
        ),
        Case(
            testDescription: "a parameter that nothing uses is told",
            parameters: "domain: {type: domain}\nother: {type: string}",
            problems: ["../../templates/partner.yaml:7:5 template-parameter"]
        ),
        Case(
            testDescription: "a placeholder without a parameter is told",
            domains: "[\"${domian}\"]",
            problems: ["../../templates/partner.yaml:14:13 template-parameter"]
        ),
        Case(
            testDescription: "a broken placeholder is told",
            domains: "[\"${domain}\", \"${Domain}\", \"${\"]",
            problems: [
                "../../templates/partner.yaml:14:26 template-placeholder",
                "../../templates/partner.yaml:14:39 template-placeholder",
            ]
        ),
        Case(
            testDescription: "what the definition does not take is told in the template, for the instance",
            parameters: "domain: {type: string}",
            values: "domain: \"not a domain\"",
            problems: ["../../templates/partner.yaml:14:13 domain-syntax for a.yaml:1:1"]
        ),
        Case(
            testDescription: "a key cannot be given",
            document: "  \"${domain}\": x",
            problems: ["../../templates/partner.yaml:16:3 template-structure"]
        ),
        Case(
            testDescription: "a kind cannot be given",
            document: "---\napiVersion: mitregate.dev/v1\nkind: \"${domain}\"\nmetadata: {name: b}\nspec: {}",
            problems: ["../../templates/partner.yaml:18:7 template-structure"]
        ),
        Case(
            testDescription: "templates do not nest",
            document:
                "---\napiVersion: mitregate.dev/v1\nkind: TemplateInstance\nmetadata: {name: b}\nspec: {template: partner}",
            problems: ["../../templates/partner.yaml:18:7 template-nested"]
        ),
        Case(
            testDescription: "a list stands by itself",
            parameters: "domain: {type: domain, list: true}",
            domains: "[\"*.${domain}\"]",
            values: "domain: [fabrikam.com]",
            problems: ["../../templates/partner.yaml:14:13 template-placeholder"]
        ),
        Case(
            testDescription: "a boolean stands by itself",
            parameters: "domain: {type: boolean}",
            domains: "[\"x${domain}.com\"]",
            values: "domain: true",
            problems: ["../../templates/partner.yaml:14:13 template-placeholder"]
        ),
        Case(
            testDescription: "a default must be right",
            parameters: "domain: {type: domain, default: \"a b\"}",
            problems: ["../../templates/partner.yaml:6:37 template-value"]
        ),
        Case(
            testDescription: "a type is one of the known",
            parameters: "domain: {type: host}",
            problems: ["../../templates/partner.yaml:6:20 unknown-word"]
        ),
        Case(
            testDescription: "a choice has words",
            parameters: "domain: {type: choice}",
            problems: ["../../templates/partner.yaml:6:20 template-parameter"]
        ),
        Case(
            testDescription: "words and limits belong to their types",
            parameters: "domain: {type: domain, values: [a], minimum: 1}",
            problems: [
                "../../templates/partner.yaml:6:28 template-parameter",
                "../../templates/partner.yaml:6:41 template-parameter",
            ]
        ),
        Case(
            testDescription: "a parameter has a plain name",
            parameters: "Domain: {type: domain}",
            domains: "[x.com]",
            problems: ["../../templates/partner.yaml:6:5 template-parameter"]
        ),
    ])
    func `what is wrong is told where it was written`(example: Case) {
        let parameters = example.parameters.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
        let set = read(
            ["a.yaml": instance("name: a", example.values)],
            templates: ["partner": Self.template(parameters, example.domains, example.document)]
        )
        #expect(set.diagnostics.map(long) == example.problems)
    }

    /// The domains stand in line 14, behind a key of eleven letters; more lines begin in line 16.
    private static func template(_ parameters: String, _ domains: String, _ document: String) -> String {
        let lines = parameters.split(separator: "\n").count
        let blank = String(repeating: "\n", count: max(0, 2 - lines))
        return """
            apiVersion: mitregate.dev/v1
            kind: Template
            metadata: {name: partner}
            spec:
              parameters:
            \(parameters)\(blank)
            ---
            apiVersion: mitregate.dev/v1
            kind: ForcedTLSPartner
            metadata: {name: fabrikam}
            spec:
              trust: certificate-validation
              domains: \(domains)
              direction: outbound
            \(document)
            """
    }

    @Test func `a template that is not there names the nearest`() {
        let set = read(["a.yaml": instance("name: a", "")], templates: ["partners": partnerTemplate])
        #expect(set.diagnostics.map(long) == ["a.yaml:5:13 unknown-template"])
        #expect(set.diagnostics.first?.remedy == "Did you mean \"partners\"?")
    }

    @Test(arguments: [
        ("partner", outbound(""), "template-kind"),
        ("partner", "", "template-kind"),
        ("partner", "apiVersion: mitregate.dev/v1\nkind: Template\nmetadata: {name: other}\nspec: {}", "template-name"),
        (
            "partner", "apiVersion: mitregate.dev/v1\nkind: Template\nmetadata: {name: partner}\nspec: {}",
            "template-empty"
        ),
        ("partner", "a: [", "yaml-syntax"),
    ])
    func `a file that is no template is told by itself`(name: String, text: String, rule: String) {
        let set = read(["a.yaml": instance("name: a", "")], templates: [name: text])
        let rules = Set(set.diagnostics.map(\.rule))
        #expect(rules.contains(rule), "\(set.diagnostics)")
        #expect(set.diagnostics.allSatisfy { $0.position.file == "../../templates/partner.yaml" })
        let alone = DefinitionReader.templateDiagnostics(DefinitionFile(path: "\(name).yaml", bytes: Array(text.utf8)))
        #expect(Set(alone.map(\.rule)) == rules)
    }

    @Test func `a template among a tenant's definitions is told, and at the repository's top it is not`() {
        #expect(short(read(["partner.yaml": partnerTemplate])) == ["3:18 template-place"])
        let files = [
            "templates/partner.yaml": partnerTemplate, "a.yaml": instance("name: a", "partner: x, domain: x.com"),
        ]
        let set = read(files, templates: ["partner": partnerTemplate], below: "")
        #expect(short(set) == [] && set.desired.connectors.count == 2)
        let behind = outbound("") + "---\n" + partnerTemplate
        #expect(short(read(["a.yaml": behind])).contains("11:1 template-place"))
    }

    @Test func `two instances of one name are told with both`() {
        let files = [
            "a.yaml": instance("name: a", "partner: x, domain: x.com"),
            "b.yaml": instance("name: b", "partner: x, domain: y.com"),
        ]
        let set = read(files, templates: ["partner": partnerTemplate])
        let told = set.diagnostics.filter { $0.rule == "duplicate-identity" }
        #expect(told.map(\.position.description) == ["../../templates/partner.yaml:14:1 for b.yaml:1:1"])
        #expect(told.first?.reason.contains("../../templates/partner.yaml:14:1 for a.yaml:1:1") == true)
    }

    @Test func `values of the configuration are told at the template, for the place in the configuration`() {
        let set = read(
            [:],
            templates: ["partner": partnerTemplate],
            configured: [given("partner", .cell("x")), given("domain", .cell("a b")), given("site", .cell("y"))]
        )
        #expect(
            set.diagnostics.map(long) == [
                "../../templates/partner.yaml template-value for tenants.csv:3:9",
                "../../templates/partner.yaml:8:5 template-value for tenants.csv:3:9",
            ]
        )
    }
}

/// `a.yaml:3:5 template-value`, with where else it points.
private func long(_ diagnostic: Diagnostic) -> String {
    let position = diagnostic.position
    let place = SourcePosition(file: position.file, line: position.line, column: position.column)
    let instance = position.instance.map { " for \($0.position)" } ?? ""
    return "\(place) \(diagnostic.rule)\(instance)\(diagnostic.related.map { " \($0)" } ?? "")"
}
