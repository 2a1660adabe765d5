import Connectors
import Definitions
import Foundation
import Testing
import YAML

/// The project's folder of examples, seen from this file.
let examples = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "examples")

/// Every tenant's folder among the examples.
let exampleTenants = [
    "forced-tls-partner", "hospital/tenants/st-elsewhere", "service-provider/common",
    "service-provider/tenants/woodgrove",
]

/// Folders of the examples with templates, or with the operator's own file.
private let notTenants: Set = ["service-provider/templates", "service-provider/operator"]

struct ExampleTests {
    @Test(arguments: exampleTenants)
    func `every example is in order`(folder: String) throws {
        let url = examples.appending(path: folder)
        let names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
        let files = try names.map {
            DefinitionFile(path: $0, bytes: [UInt8](try Data(contentsOf: url.appending(path: $0))))
        }
        let scope = DefinitionScope(templates: try Self.templates(for: folder))
        let set = DefinitionReader.read(files, now: now, scope: scope)
        #expect(set.documents > 0)
        #expect(set.diagnostics.filter { $0.severity == .error } == [])
    }

    @Test func `no folder of the examples is forgotten here`() throws {
        let paths = try #require(FileManager.default.enumerator(atPath: examples.path)).compactMap { $0 as? String }
        let folders = Set(
            paths.filter(DefinitionReader.isDefinition).map { ($0 as NSString).deletingLastPathComponent }
        )
        #expect(folders.subtracting(notTenants) == Set(exampleTenants))
    }

    /// The templates of the example that a tenant's folder belongs to.
    static func templates(for folder: String) throws -> TemplateLibrary {
        let parts = folder.split(separator: "/").map(String.init)
        let tenant = parts.dropFirst().joined(separator: "/")
        let url = examples.appending(path: "\(parts[0])/\(TemplateLibrary.path)")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        var files: [String: ParsedFile] = [:]
        for name in names {
            let file = DefinitionFile(path: name, bytes: [UInt8](try Data(contentsOf: url.appending(path: name))))
            if let template = TemplateLibrary.name(of: name) { files[template] = DefinitionReader.parse(file) }
        }
        return TemplateLibrary(below: tenant, files: files, names: files.keys.sorted())
    }
}
