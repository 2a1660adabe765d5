import JSON
import Testing

@Suite struct JSONParserTests {
    @Test(arguments: [
        "null", "true", "[]", "{}", "-0", "0.5e-3", "12345678901234567890", #"{"b":1,"a":[null,"x"]}"#, #""a\\b""#,
        #""a\"b\n""#, #"{"a\"b":"\""}"#,
    ])
    func `what is written comes back as it was`(text: String) throws {
        #expect(try JSONParser.parse(text).json == text)
    }

    @Test(arguments: [
        "", "nul", "[1,]", "{\"a\":1,}", "01", "1.", "+1", "[1] 2", "'a'", "\"a", "\"\\x\"", "\"\u{1}\"", "{1:2}",
        "\"\\ud800\"", "\"\\udc00\\ud800\"", "[", "{\"a\"", #"{"a":1,"a":2}"#,
    ])
    func `what is not JSON is refused with a place`(text: String) {
        do {
            _ = try JSONParser.parse(text)
            Issue.record("it was taken")
        } catch {
            #expect(error.offset <= text.utf8.count)
            #expect(!error.message.isEmpty)
        }
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        #expect(!JSONParser.isReadable([0x22, 0xFF, 0x22]))
        #expect(!JSONParser.isReadable([0x22, 0xC0, 0x80, 0x22]))
    }

    @Test func `two halves are one character, and a mark at the beginning is skipped`() throws {
        #expect(try JSONParser.parse(#""\ud83d\ude00""#).text == "😀")
        #expect(try JSONParser.parse([0xEF, 0xBB, 0xBF] + Array("1".utf8)).integer == 1)
    }

    @Test func `depth is bounded`() {
        let deep = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(JSONParser.isReadable(Array(deep(JSONParser.maximumDepth + 1).utf8)))
        #expect(!JSONParser.isReadable(Array(deep(JSONParser.maximumDepth + 2).utf8)))
        #expect(!JSONParser.isReadable(Array(String(repeating: "[", count: 1_000_000).utf8)))
    }

    @Test func `values and members are bounded`() {
        let list = { (count: Int) in Array("[\(Array(repeating: "1", count: count).joined(separator: ","))]".utf8) }
        #expect(JSONParser.isReadable(list(JSONParser.maximumValues - 1)))
        #expect(!JSONParser.isReadable(list(JSONParser.maximumValues)))
        let object = { (count: Int) in Array("{\((0..<count).map { "\"\($0)\":1" }.joined(separator: ","))}".utf8) }
        #expect(JSONParser.isReadable(object(JSONParser.maximumMembers)))
        #expect(!JSONParser.isReadable(object(JSONParser.maximumMembers + 1)))
    }

    @Test func `a member is found by its bytes`() throws {
        let value = try JSONParser.parse(#"{"e\u0301":1}"#)
        #expect(value["e\u{301}"]?.integer == 1)
        #expect(value["\u{E9}"] == nil)
        #expect(value["x"] == nil)
        #expect(JSONValue.null["x"] == nil)
    }

    @Test(arguments: [[], [0], [0xFB, 0xFF], [1, 2, 3, 4]] as [[UInt8]])
    func `base64 for URLs comes back as it was`(bytes: [UInt8]) {
        let text = Base64URL.text(bytes)
        #expect(!text.contains { "+/=".contains($0) })
        #expect(Base64URL.bytes(text) == bytes)
    }
}
