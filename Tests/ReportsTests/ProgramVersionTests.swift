import Reports
import Testing

/// What a build says of itself, and how a package of it is numbered.
@Suite struct ProgramVersionTests {
    private static let commit = "d812867abcdef0123456789abcdef0123456789a"
    private static let date = "2026-11-29T13:45:01Z"

    private func version(_ commit: String? = commit, tag: String? = nil, isChanged: Bool = false) -> ProgramVersion {
        ProgramVersion(
            number: "0.2.0",
            commit: commit,
            date: commit == nil ? nil : Self.date,
            tag: tag,
            isChanged: isChanged
        )
    }

    @Test func `before a release the number tells the commit and its time`() {
        #expect(version().description == "0.2.0~git20261129134501.d812867abcde")
        #expect(version().line == "mitregate \(version()) (commit \(Self.commit), \(Self.date))")
    }

    @Test func `only a commit with the release's tag, unchanged, is the release`() {
        #expect(version(tag: "v0.2.0").description == "0.2.0")
        #expect(version(tag: "v0.1.9").description == version().description)
        #expect(version(tag: "v0.2.0", isChanged: true).description == "0.2.0~git20261129134501.d812867abcde+changed")
        #expect(version(isChanged: true).line.contains("\(Self.commit), changed since, "))
    }

    @Test func `without git the commit is unknown`() {
        #expect(version(nil).line == "mitregate 0.2.0~git (unknown commit)")
    }
}
