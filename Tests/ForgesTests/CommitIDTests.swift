import Forges
import Testing

@Suite struct CommitIDTests {
    @Test(arguments: ["main", "", "0123456789", String(repeating: "g", count: 40), String(repeating: "a", count: 41)])
    func `nothing but a whole name is a commit`(text: String) {
        #expect(CommitID(text) == nil)
    }

    @Test(arguments: [40, 64])
    func `a whole name is read in lowercase`(length: Int) {
        #expect(CommitID(String(repeating: "A", count: length))?.hex == String(repeating: "a", count: length))
    }
}
