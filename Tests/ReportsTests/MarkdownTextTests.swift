import Foundation
import Reports
import Testing

struct MarkdownTextTests {
    /// What strangers may choose, and how a Gitea of 1.22-dev rendered it once a zero-width space stood behind the mark.
    ///
    /// Facts from a server that ran; `../shared/forges/rendering.json` has them as they were recorded.
    private static let strings: [(text: String, escaped: String)] = [
        ("@reviewer look", "&#64;&#8203;reviewer look"),
        ("@contoso/owners", "&#64;&#8203;contoso/owners"),
        ("see https://evil.example/x now", "see https&#58;&#8203;//evil.example/x now"),
        ("www.evil.example", "www&#46;&#8203;evil.example"),
        ("mail me a@evil.example", "mail me a&#64;&#8203;evil.example"),
        ("#1 and contoso/mail-flow#1", "&#35;&#8203;1 and contoso/mail-flow&#35;&#8203;1"),
        ("!1", "&#33;&#8203;1"),
        ("GH-1 here", "GH&#45;&#8203;1 here"),
        ("JIRA-12", "JIRA&#45;&#8203;12"), ("GL-12", "GL&#45;&#8203;12"), ("ABC-123", "ABC&#45;&#8203;123"),
        ("A_B-1 2026-11-29 a-b", "A&#95;B&#45;&#8203;1 2026-11-29 a-b"),
        ("<img src=x onerror=alert(1)>", "&#60;img src=x onerror=alert(1)&#62;"),
        ("[a](javascript:alert(1))", "&#91;a&#93;(javascript&#58;&#8203;alert(1))"),
        ("`code` **b**", "&#96;code&#96; &#42;&#42;b&#42;&#42;"),
        ("~~s~~ ~bug", "&#126;&#126;&#8203;s&#126;&#126; &#126;&#8203;bug"),
        ("- [x] task", "&#45; &#91;x&#93; task"), ("1. list", "1&#46; list"), ("12) list", "12&#41; list"),
        ("   /approve", "/approve"), ("1.5 of 2", "1&#46;5 of 2"), ("+ x", "&#43; x"), ("===", "&#61;=="),
        (":smile: emoji", "&#58;&#8203;smile: emoji"),
        ("&lt;b&gt; &12", "&#38;lt;b&#38;gt; &#38;&#8203;12"),
        ("$x^2$ $12", "&#36;x^2&#36; &#36;&#8203;12"),
        ("%milestone 100 %", "&#37;&#8203;milestone 100 %"),
        ("done: 5 of 6", "done: 5 of 6"),
        ("ends with:", "ends with&#58;&#8203;"),
        ("\u{202E}evil\u{200B}", "&#92;u&#123;202e&#125;evil&#92;u&#123;200b&#125;"),
        ("a\n/approve\r\n", "a&#92;n/approve&#92;r&#92;n"),
        ("|\u{301} `\u{301} <\u{301}", "&#124;\u{301} &#96;\u{301} &#60;\u{301}"),
    ]

    @Test(arguments: strings.indices)
    func `a stranger's string is nothing but text`(index: Int) {
        #expect(MarkdownText.prose(Self.strings[index].text) == Self.strings[index].escaped)
    }

    @Test func `every string that was recorded is shielded at least as it was when nothing came alive`() throws {
        guard let recorded = try ForgeRendering.recorded() else { return }
        #expect(recorded.count > 20)
        for string in recorded {
            // GitLab's and GitHub's own references are shielded too, and what turns text is written out.
            let plain = MarkdownText.prose(string.text).replacing("&#8203;", with: "").replacing("&#45;", with: "-")
                .replacing("1&#46; list", with: "1. list")
            let known = string.withZeroWidthSpace.replacing("&#8203;", with: "")
                .replacing("smile&#58; ", with: "smile: ")
                .replacing("\u{202E}", with: "&#92;u&#123;202e&#125;").replacing(
                    "\u{200B}",
                    with: "&#92;u&#123;200b&#125;"
                )
            #expect(plain == known)
            let shields = MarkdownText.prose(string.text).ranges(of: "&#8203;").count
            #expect(shields >= string.withZeroWidthSpace.ranges(of: "&#8203;").count)
        }
    }

    @Test(arguments: [
        ("plain name-1", "<code>plain name-1</code>"), ("</code>@x", "<code>&#60;/code&#62;&#64;&#8203;x</code>"),
        ("*.fabrikam.com", "<code>&#42;.fabrikam.com</code>"), ("www.x", "<code>www&#46;x</code>"),
        ("a|\u{301}b", "<code>a&#124;\u{301}b</code>"), ("Zürich → 東京", "<code>Zürich → 東京</code>"), ("", ""),
    ])
    func `a value in the type of code stays in it`(text: String, code: String) {
        #expect(MarkdownText.code(text) == code)
    }

    @Test(arguments: [("a", 3), ("```", 4), ("x ````` y ``", 6), (String(repeating: "`", count: 500), 501)])
    func `a fence is longer than any in the block`(text: String, length: Int) {
        let lines = MarkdownText.block(["+ \(text)"], language: "diff").split(separator: "\n").map(String.init)
        #expect(lines.first == String(repeating: "`", count: length) + "diff")
        #expect(lines.last == String(repeating: "`", count: length))
        #expect(lines.count == 3)
    }
}

/// What was recorded of a forge's rendering, where it is at hand: in the folder that `FORGE_FACTS` names, or next to the package.
enum ForgeRendering {
    struct Recorded: Decodable {
        var text: String
        var withZeroWidthSpace: String
    }

    private struct File: Decodable { var strings: [Recorded] }

    static func recorded() throws -> [Recorded]? {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder =
            ProcessInfo.processInfo.environment["FORGE_FACTS"].map { URL(filePath: $0) }
            ?? package.appending(path: "../shared/forges")
        guard let data = try? Data(contentsOf: folder.appending(path: "rendering.json")) else { return nil }
        return try JSONDecoder().decode(File.self, from: data).strings
    }
}
