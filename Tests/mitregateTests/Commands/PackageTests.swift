import Foundation
import Laboratory
import TestSupport
import Testing

/// What the Debian package is made of; `make package-test` installs one.
@Suite struct PackageTests {
    private static let folder = ExampleTests.project.appending(path: "deploy/package")

    /// Commands that only have others below them.
    private static let groups = ["", "-certificate", "-state", "-report", "-break-glass"].map { "mitregate\($0).1" }

    @Test func `each command has a manual page, written from what the program says`() async throws {
        try await withTemporaryFolder { folder in
            let dump = try await Program(in: folder)("--experimental-dump-help")
            let script = Self.folder.appending(path: "man-pages").path(percentEncoded: false)
            let ending = try await Program(script, in: folder).run(
                [folder.path(percentEncoded: false), "0.2.0~git", "2026-11-29T13:45:01Z"],
                input: dump.output
            )
            #expect(ending.code == 0 && ending.errors.isEmpty, "\(ending)")

            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
            let pages = Set(names.filter { $0.hasSuffix(".1") })
            let commands = HelpTests.commands.map { "mitregate-\($0.replacing(" ", with: "-")).1" }
            #expect(pages == Set(commands + Self.groups))

            for page in pages {
                let text = try String(contentsOf: folder.appending(path: page), encoding: .utf8)
                #expect(text.contains("\n.SH NAME\n\(page.dropLast(2).replacing("-", with: "\\-")) \\- "))
                // No word of a help text became a request.
                let requests = text.split(separator: "\n").filter { $0.hasPrefix(".") || $0.hasPrefix("'") }
                #expect(requests.allSatisfy { $0.wholeMatch(of: /\.(TH|SH|B|TP|PP)( .*)?/) != nil }, "\(page)")
            }
            let plan = try String(contentsOf: folder.appending(path: "mitregate-plan.1"), encoding: .utf8)
            #expect(plan.contains("\\fB\\-\\-detailed\\-exitcode\\fR\n") && plan.contains("\n.SH TENANTS AND CONFIG"))
        }
    }

    @Test func `its scripts are taken by the shell`() async throws {
        let names = ["build", "postinst", "prerm", "postrm", "../test-package.sh", "../write-revision"]
        for name in names {
            let path = Self.folder.appending(path: name).standardizedFileURL.path(percentEncoded: false)
            let ending = try await Program("/bin/sh", in: Self.folder)("-n", path)
            #expect(ending.code == 0 && ending.errors.isEmpty, "\(name)")
        }
    }

    @Test func `a program that needs Swift's own libraries is not packaged`() async throws {
        try await withTemporaryFolder { folder in
            let build = Self.folder.appending(path: "build").path(percentEncoded: false)
            let program = Program(in: folder)
            let ending = try await Program(build, in: folder)(
                program.path,
                program.path,
                folder.path(percentEncoded: false)
            )
            #expect(ending.code == 1 && ending.errors.contains("--static-swift-stdlib"), "\(ending)")
        }
    }
}
