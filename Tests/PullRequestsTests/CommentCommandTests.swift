import PullRequests
import Testing

@Suite struct CommentCommandTests {
    @Test(arguments: [
        ("mitregate plan", CommentCommand.plan),
        ("mitregate plan\nplease", .plan),
        ("mitregate help\r\n", .help),
        ("mitregate approve 0123456789ab", .approve(digest: "0123456789ab")),
        ("mitregate approve sha256:0123456789ab", .approve(digest: "sha256:0123456789ab")),
        ("mitregate approve 0123456789a", .unknown("mitregate approve 0123456789a")),
        ("mitregate approve 0123456789ag", .unknown("mitregate approve 0123456789ag")),
        ("mitregate approve", .unknown("mitregate approve")),
        ("mitregate plan now", .unknown("mitregate plan now")),
        ("mitregate  plan", .unknown("mitregate  plan")),
        ("mitregate", .unknown("mitregate")),
    ])
    func `the first line is the command, exactly`(comment: String, command: CommentCommand) {
        #expect(CommentCommand(comment) == command)
    }

    @Test(arguments: [
        "", "\nmitregate plan", " mitregate plan", "> mitregate plan", "`mitregate plan`", "Mitregate plan",
        "please mitregate plan", "mitregateplan",
    ])
    func `a comment that only quotes a command is talk`(comment: String) {
        #expect(CommentCommand(comment) == nil)
    }

    @Test func `what is quoted back of an unknown command is short`() {
        guard case .unknown(let line) = CommentCommand("mitregate " + String(repeating: "x", count: 100_000)) else {
            Issue.record("not seen as a command")
            return
        }
        #expect(line.count == 200)
    }
}
