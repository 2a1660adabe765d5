import Connectors
import Forges
import Foundation
import Planning
import PullRequests
import Testing

/// What an earlier version stored is read by every later one.
@Suite struct StoredRequestTests {
    /// As the first version wrote it, member for member.
    private static let first = """
        {"asked":{"at":817169400,"head":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},"base":"0000000000000000000000000000000000000000",\
        "behind":2,"branch":"main","closedAt":817170000,"comments":{"plan/contoso":{"digest":"00ff","id":"11"}},\
        "head":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","headSince":817169337,"isDraft":false,"isFork":false,"isSealed":true,\
        "looks":{"contoso":{"at":817169337,"failures":0,"plan":{"at":817169337,"changes":[{"action":"update",\
        "connector":{"kind":"OutboundConnector","name":"fabrikam"},"digest":"sha256:aa","risk":"low","verdict":"pass"}],\
        "changesDigest":"sha256:bb","create":0,"delete":0,"guards":[],"isGated":true,"refused":[],"state":"s0","update":1,\
        "verdict":"pass","waits":[]},"trees":{"base":"t0","merged":"ta","tenant":"contoso"},"validation":{"valid":{}}}},\
        "mergedAs":"cccccccccccccccccccccccccccccccccccccccc","mergedAt":817170000,"number":7,"outcomes":{"contoso":{"at":817170600,\
        "run":"R1","state":"applied","tenant":"contoso","text":"1 connector was written."}},"page":"https://git.example/7",\
        "reviewsAskedAt":817169400,"ruled":["c1"],"sentStatuses":{},"showings":{"contoso":{"at":817169337,"changes":[\
        {"action":"update","connector":{"kind":"OutboundConnector","name":"fabrikam"},"digest":"sha256:aa","risk":"low",\
        "verdict":"pass"}],"changesDigest":"sha256:bb","head":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","since":817169337,\
        "tenant":"contoso","verdict":"pass"}},"standing":{"closed":{}},"touched":[{"base":"t0","merged":"ta","tenant":"contoso"}],\
        "touchedHead":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","untimedApprovers":[],"words":[{"digests":{"contoso":"sha256:bb"},\
        "login":"alice","person":"2","seenAt":817169400,"source":{"review":{"at":817169399}}}]}
        """

    private func read(_ json: String) throws -> RequestMemory {
        try JSONDecoder().decode(RequestMemory.self, from: Data(json.utf8))
    }

    private func members() throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(Self.first.utf8))
        return try #require(object as? [String: Any])
    }

    private func read(_ members: [String: Any]) throws -> RequestMemory {
        try JSONDecoder().decode(RequestMemory.self, from: JSONSerialization.data(withJSONObject: members))
    }

    @Test func `a document of the first version says what it said`() throws {
        let memory = try read(Self.first)
        #expect(memory.number == 7 && memory.isMerged && memory.isSealed && memory.behind == 2)
        #expect(memory.approvers(of: "contoso") == ["alice"])
        let key = ConnectorKey(kind: .outboundConnector, name: "fabrikam")
        #expect(memory.showings["contoso"]?.changes.map(\.connector) == [key])
        #expect(memory.outcomes["contoso"]?.state == .applied)
        #expect(memory.comment(.tenant("contoso"))?.rawValue == "11")
        // What was added since has its default.
        #expect(!memory.isDoubtful(.outcome))
    }

    @Test(arguments: [
        "page", "behind", "isSealed", "sentStatuses", "comments", "ruled", "outcomes", "asked", "closedAt", "mergedAs",
        "mergedAt", "reviewsAskedAt", "untimedApprovers",
    ])
    func `a member that decides nothing may be missing, and means its default`(name: String) throws {
        var members = try members()
        members[name] = nil
        #expect(try read(members).showings.count == 1)
    }

    @Test(arguments: [
        "number", "branch", "head", "headSince", "base", "isFork", "isDraft", "standing", "touched", "touchedHead",
        "looks", "showings", "words",
    ])
    func `a document without what decides about reviews is an error, not a request that showed nothing`(
        name: String
    ) throws {
        var members = try members()
        members[name] = nil
        #expect(throws: DecodingError.self) { try read(members) }
    }

    @Test(arguments: ["words", "showings", "outcomes", "comments", "isSealed", "behind", "mergedAs"])
    func `a member of another form is an error, wherever it stands`(name: String) throws {
        var members = try members()
        members[name] = ["unheard": ["of": true]] as [String: Any]
        #expect(throws: DecodingError.self) { try read(members) }
    }

    @Test func `a member that only a later version knows is passed over`() throws {
        var members = try members()
        members["later"] = ["a": 1]
        #expect(try read(members) == read(Self.first))
    }
}
