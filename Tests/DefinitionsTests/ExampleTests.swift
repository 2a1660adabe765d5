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

    @Test func `no folder of the examples is forgotten here`() throws {
        let paths = try #require(FileManager.default.enumerator(atPath: examples.path)).compactMap { $0 as? String }
        let folders = Set(
            paths.filter(DefinitionReader.isDefinition).map { ($0 as NSString).deletingLastPathComponent }
        )
        #expect(folders == Set(exampleTenants))
    }
}
