import Connectors
import Definitions
import Foundation
import Testing

/// The project's folder of examples, seen from this file.
let examples = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "examples")

/// Every tenant's folder among the examples.
let exampleTenants = [
    "forced-tls-partner", "hospital/tenants/st-elsewhere", "service-provider/tenants/adatum",
    "service-provider/tenants/lucerne", "service-provider/tenants/woodgrove",
]

struct ExampleTests {
    @Test(arguments: exampleTenants)
    func `every example is in order`(folder: String) throws {
        let url = examples.appending(path: folder)
        let names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
        let files = try names.map {
            DefinitionFile(path: $0, bytes: [UInt8](try Data(contentsOf: url.appending(path: $0))))
        }
        let set = DefinitionReader.read(files, now: now)
        #expect(set.documents > 0)
        #expect(set.diagnostics.filter { $0.severity == .error } == [])
    }

    @Test func `a repository of many tenants is read tenant by tenant`() throws {
        let paths = try #require(FileManager.default.enumerator(atPath: examples.path)).compactMap { $0 as? String }
        let files = try paths.filter(DefinitionReader.isDefinition).map {
            DefinitionFile(path: $0, bytes: [UInt8](try Data(contentsOf: examples.appending(path: $0))))
        }
        let sets = DefinitionReader.byTenant(files).map { DefinitionReader.read($0, now: now) }
        #expect(sets.count == exampleTenants.count)
        let report = DiagnosticReport(sets)
        #expect(report.documents == sets.reduce(0) { $0 + $1.documents })
        #expect(!report.diagnostics.contains { $0.severity == .error })
    }

    @Test func `no folder of the examples is forgotten here`() throws {
        let paths = try #require(FileManager.default.enumerator(atPath: examples.path)).compactMap { $0 as? String }
        let folders = Set(
            paths.filter(DefinitionReader.isDefinition).map { ($0 as NSString).deletingLastPathComponent }
        )
        #expect(folders == Set(exampleTenants))
    }
}
