import Forges
import Fuzzing
import JSON
import PullRequests
import Testing

/// Every parser comes back from its corpus, and from some thousand damaged inputs; `make fuzz` goes on from there.
struct CorpusTests {
    @Test(arguments: FuzzTarget.all)
    func `a parser comes back from whatever it is given`(target: FuzzTarget) throws {
        let corpus = try target.corpus()
        #expect(!corpus.isEmpty)
        for input in corpus { target.run(input) }
        var mutations = Mutations(seed: 1, of: corpus)
        for _ in 0..<200 {
            let input = mutations.input()
            let took = ContinuousClock().measure { target.run(input) }
            #expect(took < .seconds(20))
        }
        target.run([])
    }

    /// What a forge sends is written by whoever may open a request.
    @Test(arguments: ["forge-answer", "link", "comment-command"])
    func `ten thousand damaged bodies of a forge come back`(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        var mutations = Mutations(seed: 11, of: try target.corpus())
        for _ in 0..<10_000 { target.run(mutations.input()) }
    }

    @Test func `the forges' parsers take their corpus for what it is`() throws {
        func corpus(_ name: String) throws -> [[UInt8]] {
            try #require(FuzzTarget.all.first { $0.name == name }).corpus()
        }
        let answers = try corpus("forge-answer").map { try JSONParser.parse($0) }
        try #require(answers.count == 4)
        let (azure, gitea, github, gitlab) = (answers[0], answers[1], answers[2], answers[3])
        #expect(azure["value"]?.elements?.first?.azureRequest { "\($0)" }?.number == 7)
        #expect(azure["value"]?.elements?.first?.azureReviews.map(\.verdict) == [.approved])
        #expect(azure["value"]?.elements?.last?.azureComments(on: 7).map(\.text) == ["mitregate help"])
        #expect(gitea.gitHubRequest(isDraft: true)?.head.origin == .gone)
        #expect(github.elements?[0].gitHubRequest(isDraft: false)?.head.origin == .same)
        #expect(github.elements?[1].gitHubComment(on: 7)?.author.isBot == true)
        #expect(github.elements?[2].gitHubReview(.approved)?.person.login == "bob")
        #expect(gitlab.elements?[0].gitLabRequest?.head.origin == .fork)
        #expect(gitlab.elements?[1].gitLabComment(on: 7)?.author.login == "bob")
        let links = try corpus("link").map { LinkHeader.next(in: [String(decoding: $0, as: UTF8.self)]) }
        #expect(links.allSatisfy { $0?.hasPrefix("https://") == true })
        let commands = try corpus("comment-command").map { CommentCommand(String(decoding: $0, as: UTF8.self)) }
        #expect(commands.contains(.plan))
        #expect(commands.contains(.approve(digest: "sha256:" + String(repeating: "0123456789abcdef", count: 4))))
    }

    @Test func `the same seed gives the same inputs`() {
        var one = Mutations(seed: 7, of: [[1, 2, 3]])
        var other = Mutations(seed: 7, of: [[1, 2, 3]])
        for _ in 0..<50 { #expect(one.input() == other.input()) }
    }
}
