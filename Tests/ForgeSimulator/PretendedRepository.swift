package import Foundation

/// What a pretended forge knows of one repository, in no forge's own words.
package struct PretendedRepository: Sendable {
    package struct Person: Sendable {
        package var id: Int
        package var login: String
        package var mayWrite: Bool
        package var isBot: Bool

        package init(id: Int, login: String, mayWrite: Bool, isBot: Bool = false) {
            self.id = id
            self.login = login
            self.mayWrite = mayWrite
            self.isBot = isBot
        }
    }

    package enum Origin: Sendable { case same, fork, gone }

    package enum Verdict: Sendable { case approved, changesRequested, commented, dismissed }

    package struct Review: Sendable {
        package var id: Int
        package var author: Int
        package var verdict: Verdict
        package var at: Date
        package var commit: String
        package var isStale = false
        package var isDismissed = false
    }

    package struct Request: Sendable {
        package var number: Int
        package var title: String
        package var body: String
        package var head: String
        package var commit: String
        /// The heads before it, oldest first.
        package var earlier: [String] = []
        package var origin: Origin
        package var base: String
        package var author: Int
        package var isDraft = false
        package var isOpen = true
        package var mergedAs: String?
        package var mergedAt: Date?
        package var created: Date
        package var updated: Date
        package var reviews: [Review] = []
    }

    package struct Comment: Sendable {
        package var id: Int
        package var number: Int
        package var author: Int
        package var text: String
        package var created: Date
        package var updated: Date
        /// The comment that it replies to, where the forge keeps threads.
        package var parent: Int?
        /// Content and who reacted with it.
        package var reactions: [String: Set<Int>] = [:]
    }

    package struct Status: Sendable {
        package var id: Int
        package var context: String
        package var state: String
        package var text: String
        package var link: String?
        package var at: Date
        /// Who set it, where the forge tells.
        package var author: Int?
    }

    package var owner = "contoso"
    package var name = "mail-flow"
    package var isPublic = false
    /// The statuses that a request into `main` needs.
    package var required: Set<String> = []
    /// What the forge keeps from whoever is not its administrator.
    package var isSecretive = false
    /// By id.
    package var people: [Int: Person] = [:]
    /// Names and their tips.
    package var branches: [String: String] = [:]
    /// All commits that are still there.
    package var commits: Set<String> = []
    package var requests: [Int: Request] = [:]
    package var comments: [Int: Comment] = [:]
    /// By commit, oldest first.
    package var statuses: [String: [Status]] = [:]
    /// Pipelines that run on a commit, where the forge has them.
    package var pipelines: [String: Int] = [:]
    /// Whether requests can wait in merge trains, where the forge has them.
    package var hasTrains = false
    /// The commits that trains test, by request.
    package var trains: [Int: String] = [:]
    /// Threads that were closed, by the comment that began them.
    package var closedThreads: Set<Int> = []
    /// Tokens that are good, and whose they are.
    package var tokens: [String: Int] = [:]
    /// Moves by a second with each change.
    package var now = Date(timeIntervalSince1970: 1_795_910_400)
    /// Whether it also keeps up with the machine's clock, as a process that it serves goes by that.
    package var followsClock = false
    private var lastID = 100

    /// The same for a real process.
    package static var live: PretendedRepository {
        var repository = PretendedRepository()
        repository.now = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))
        repository.followsClock = true
        return repository
    }

    /// The people, branches and one token, `good-token`, that the conformance tests start from.
    package init() {
        for (id, login, mayWrite) in [
            (1, "mitregate", true), (2, "author", true), (3, "reviewer", true), (4, "outsider", false),
        ] {
            people[id] = Person(id: id, login: login, mayWrite: mayWrite)
        }
        people[5] = Person(id: 5, login: "helper[bot]", mayWrite: true, isBot: true)
        branches["main"] = Self.commit("main")
        commits.insert(Self.commit("main"))
        tokens["good-token"] = 1
    }

    /// A commit's name made from any text.
    package static func commit(_ seed: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var hex = ""
        for round in 0..<5 {
            for byte in Array("\(round)\(seed)".utf8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
            let part = String(UInt32(truncatingIfNeeded: hash >> 16), radix: 16)
            hex += String(repeating: "0", count: 8 - part.count) + part
        }
        return hex
    }

    package mutating func tick() -> Date {
        let clock = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))
        now = followsClock ? max(now + 1, clock) : now + 1
        return now
    }

    package mutating func nextID() -> Int {
        lastID += 1
        return lastID
    }

    package func person(_ login: String) -> Person? { people.values.first { $0.login == login } }

    package func comments(on number: Int) -> [Comment] {
        comments.values.filter { $0.number == number }.sorted { $0.id < $1.id }
    }
}
