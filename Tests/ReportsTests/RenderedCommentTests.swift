import Foundation
import Reports
import TestSupport
import Testing

/// What a forge makes of our Markdown: rendered by GitHub's own renderer, then searched as forges search what was rendered.
@Suite(.enabled(if: CommonMark.isAtHand, "install cmark-gfm"))
struct RenderedCommentTests {
    static let strings = [
        "/approve", "/merge\n/close", "\n/approve\n", "@admin", "@contoso/owners look", "a@evil.example", "#1", "x/y#1",
        "!1", "GH-12", "https://evil.example/x", "http://evil.example", "ftp://evil.example/", "www.evil.example",
        "mailto:a@evil.example", ":smile:", ":100:", "<img src=x onerror=alert(1)>", "<script>alert(1)</script>",
        "</details></code><h1>x</h1>", "<!-- x", "--> x", "[a](http://evil.example)", "![a](http://evil.example/x.png)",
        "[a]: http://evil.example", "`code", "``` \n/approve", "~~~", "````````", "**b** __c__ ~~s~~", "# heading",
        "- [x] task", "> quote", "1. list", "a | b", "|\u{301}|", "\\", "\\`", "&lt;b&gt;", "&copy;", "$12 %3 ~4 &5",
        "~bug %\"mile stone\"", "[!CAUTION]", "==mark==", "\u{202E}evil", "a\u{0}b", "\t/approve", "    /approve",
        "<https://evil.example>", "<a@evil.example>", "##vso[task.setvariable]x", "::set-output name=x::y", "---",
        "===",
        "<code>", "</code>@admin", "<summary>", "$$x$$", "[[wiki]]", "{{template}}", "+ @admin", "- @admin",
    ]

    @Test(arguments: strings)
    func `no string of a stranger comes alive in a comment`(text: String) async throws {
        let comment = PlanComment.hostile(text).text().text
        try await expectInert(comment, strangers: text)
        let outcome = OutcomeComment(
            instance: text,
            rows: [
                OutcomeComment.Row(tenant: text, word: "held", text: text, run: text, at: .fixture, gravity: 1)
            ]
        )
        try await expectInert(outcome.text(), strangers: text)
        let ahead = AheadComment(
            instance: text,
            by: text,
            head: text,
            standing: .closed,
            rows: outcome.rows,
            runs: [text]
        )
        try await expectInert(ahead.text(), strangers: text)
    }

    @Test(arguments: strings)
    func `no string of a stranger comes alive in a plan that CI posts`(text: String) async throws {
        guard case .plans(let tenants) = PlanComment.hostile(text).content else { return }
        let plans = tenants.compactMap { tenant -> TenantPlan? in
            guard case .planned(let plan) = tenant.state else { return nil }
            return plan
        }
        try await expectInert(PlanReport.markdown(PlanDocument(tenants: plans)), strangers: text)
    }

    @Test(arguments: [
        "example", "blocked", "ready", "many", "summary", "draft", "fork", "conflict", "untouched", "moved", "failed",
        "ahead", "ahead-closed", "ahead-merged", "applied-before", "to-apply",
    ])
    func `a golden comment renders whole`(name: String) async throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/comment-\(name).md")
        let html = try await CommonMark.html(try String(contentsOf: file, encoding: .utf8))
        #expect(!html.contains("&lt;details") && !html.contains("| --- "))
        #expect(html.ranges(of: "<details>").count == html.ranges(of: "</details>").count)
        #expect(!html.contains("**"))
    }

    func expectInert(_ comment: String, strangers text: String) async throws {
        // GitLab obeys lines that begin with a slash; a line of ours never begins with a stranger's string.
        for line in comment.split(separator: "\n") {
            #expect(!line.trimmingPrefix(while: \.isWhitespace).hasPrefix("/"))
            // The agent of a pipeline reads orders out of what is printed.
            #expect(!line.contains("##vso[") && !line.contains("##["))
            #expect(!line.trimmingPrefix(while: \.isWhitespace).hasPrefix("::"))
        }
        let html = try await CommonMark.html(comment)
        let tags = Set(html.matches(of: /<\/?([a-zA-Z][a-zA-Z0-9]*)([^>]*)>/).map { "\($0.output.1)" })
        let ours: Set = [
            "h3", "h4", "p", "strong", "em", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "ul", "li",
            "hr",
            "br", "details", "summary",
        ]
        #expect(tags.subtracting(ours).isEmpty)
        // No item begins a list, a heading or a quote of its own.
        #expect(html.firstMatch(of: /<li>\s*<(?:[uo]l|hr|h\d|pre|blockquote)/) == nil)
        // Forges look for the following in the text that is not code.
        let prose = html.replacing(/<!--[^\n]*-->/, with: "").replacing(/<pre[\s\S]*?<\/pre>/, with: "")
            .replacing(/<code>[\s\S]*?<\/code>/, with: "").replacing(/<[^>]*>/, with: " ")
            .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&amp;", with: "&").replacing("also touched by #12", with: "")
        #expect(prose.firstMatch(of: /@[\w"]/) == nil)
        #expect(prose.firstMatch(of: /#\d/) == nil)
        #expect(prose.firstMatch(of: /![\d\[]/) == nil)
        #expect(prose.firstMatch(of: /[$&]\d/) == nil)
        #expect(prose.firstMatch(of: /[%~][\w"]/) == nil)
        #expect(prose.firstMatch(of: /:\/\//) == nil)
        #expect(prose.firstMatch(of: /(?i)www\.\w|mailto:\w|gh-\d/) == nil)
        #expect(prose.firstMatch(of: /:\w+:/) == nil)
    }
}

/// GitHub's own renderer of Markdown.
enum CommonMark {
    static let isAtHand = FileManager.default.isExecutableFile(atPath: "/usr/bin/cmark-gfm")

    /// With GitHub's extensions, raw HTML let through as a forge does.
    static func html(_ markdown: String) async throws -> String {
        let folder = FileManager.default.temporaryDirectory
        let file = folder.appending(path: "comment-\(UUID().uuidString).md")
        try Data(markdown.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let extensions = ["table", "strikethrough", "autolink", "tagfilter", "tasklist"].flatMap { ["-e", $0] }
        return try await run("/usr/bin/cmark-gfm", ["--unsafe"] + extensions + [file.path], in: folder)
    }
}
