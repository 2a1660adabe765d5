import Forges
import Foundation
import PullRequests
import TestSupport
import Testing

/// A forge's lists may lag behind its git: a merge that it does not name at once is asked about again.
struct UnnamedCommitsTests {
    @Test func `a commit is asked about four times more within an hour, and then no more`() {
        var commits = UnnamedCommits()
        commits.add("c", parent: "b", at: .fixture)
        var asked: [TimeInterval] = []
        for second in stride(from: 0, through: 7_200, by: 10) {
            let now = Date.fixture + TimeInterval(second)
            for entry in commits.due(at: now) {
                asked.append(TimeInterval(second))
                #expect(entry.parent == "b")
                commits.add(entry.commit, parent: entry.parent, at: now)
            }
        }
        #expect(asked == [60, 300, 900, 3_600])
    }

    @Test func `one that was named is forgotten, and only the newest are kept`() {
        var commits = UnnamedCommits()
        for number in 0..<30 { commits.add("c\(number)", parent: nil, at: .fixture) }
        let later = Date.fixture + 61
        #expect(commits.due(at: later).map(\.commit) == (10..<30).map { "c\($0)" })
        commits.remove("c10")
        #expect(commits.due(at: later).first?.commit == "c11")
    }

    @Test func `a clock that was set back asks at once`() {
        var commits = UnnamedCommits()
        commits.add("c", parent: nil, at: .fixture)
        #expect(commits.due(at: Date.fixture - 5).count == 1)
    }

    @Test func `what a request that was never looked at touched is told by the branch, and lets nothing pass`() {
        var memory = RequestMemory(number: 7)
        let trees = [
            TenantTrees(tenant: "b", base: "1", merged: "2"), TenantTrees(tenant: "a", base: "1", merged: "1"),
        ]
        memory.touched(by: trees)
        #expect(memory.touched.isEmpty, "it is not merged")
        memory.merged(as: CommitID(digit: "1"), at: .fixture)
        memory.touched(by: trees)
        memory.touched(by: trees)
        #expect(memory.touched.map(\.tenant) == ["b"])
        let outcome = TenantOutcome(tenant: "b", state: .unchanged, at: .fixture)
        #expect(memory.awaits(outcome))
        #expect(memory.showings.isEmpty)
        let isNews = memory.ended(outcome)
        #expect(isNews)
    }
}
