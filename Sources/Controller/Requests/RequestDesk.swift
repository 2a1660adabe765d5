import Configuration
import ExchangeOnline
package import FoundationEssentials
import Connectors
import Crypto
import Forges
import GitRepositories
import Logging
import Planning
import PullRequests
import Reconciling
import Reports
import StateStore

/// The requests of one source: looks at them, says what merging them would do, and keeps what was shown.
///
/// Everything remembered is changed in place between two waits, so that a merge that is told meanwhile is never lost.
package actor RequestDesk {
    package nonisolated let name: String
    let tools: RequestTools
    var book = PullRequests.RequestBook()
    var memory = ForgeMemory()
    /// When a request is to be looked at though nothing happens.
    var again: [Int: Date] = [:]
    /// Requests of which something could not be written.
    var unwritten: Set<Int> = []
    /// What each comment was made of, until it is written and for as long as there is room.
    var plans = PlanCache()
    var merges: [Int: KnownMerge] = [:]
    /// What was set on the commits of a merge queue, by commit.
    var queueStatuses: [String: [CommitStatus]] = [:]
    /// Comments that ask to apply, until what they are about was looked at and shown.
    var asks: [Int: [Comment]] = [:]
    /// The ids of runs before a merge that this process has given to a lane and of which it was not told the end.
    var given: Set<String> = []
    /// The last run that applied a request before its merge and stands, by request and tenant, as its last plan found it.
    var leads: [Int: [String: AheadRun]] = [:]
    var ourselves: Person?
    var outsiders = Outsiders()
    private var forge: (settings: SourceForge, value: any Forge)?
    private var isLoaded = false
    /// Why what is remembered could not be read the last time.
    private(set) var unread: RequestTrouble?
    /// Whether outcomes are being written, so that none is posted twice.
    var isWriting = false
    /// Digests of what is stored, by key.
    private var saved: [String: SHA256Digest] = [:]

    struct KnownMerge: Sendable {
        var head: String
        var tip: String
        var outcome: MergeOutcome
    }

    package init(_ source: String, tools: RequestTools) {
        name = source
        self.tools = tools
    }

    var environment: RunEnvironment { tools.environment() }
    var now: Date { environment.timing.now() }

    /// The source as the configuration in force has it, where it has a forge.
    var source: Source? {
        environment.configuration.sources.first { $0.name == name && $0.forge != nil }
    }

    /// Signed in as the configuration in force says.
    func connect(_ source: Source) throws -> any Forge {
        guard let settings = source.forge else { throw RunStop.forgeMissing(source, environment) }
        if let forge, forge.settings == settings { return forge.value }
        let value = try tools.open(source)
        forge = (settings, value)
        ourselves = nil
        return value
    }

    // MARK: What is remembered

    /// Reads what an earlier process remembered.
    ///
    /// - Returns: Whether all of it is known. While it is not nothing goes on, as what would be stored then would replace it.
    func load() async -> Bool {
        guard !isLoaded, tools.remembered == nil else { return true }
        let store = environment.store
        do throws(StateStoreError) {
            let documents = try await store.documents(DocumentQuery(.pullRequest, prefix: "\(name)/"))
            let forges = try await store.documents(DocumentQuery(.forge, key: name))
            guard !isLoaded else { return true }
            var requests: [RequestMemory] = []
            for document in documents { requests.append(try document.decoded("the request")) }
            let forge: ForgeMemory? = if let first = forges.first { try first.decoded("the forge of") } else { nil }
            book = PullRequests.RequestBook(requests)
            memory = forge ?? ForgeMemory()
            for document in documents + forges { saved[document.key] = document.digest }
            // What an earlier process did not come to write is seen by what it would read.
            let mayLack = book.memories.values.filter { memory in
                memory.isOpen || memory.isMerged && !memory.outcomes.isEmpty || memory.applying != nil
            }
            unwritten.formUnion(mayLack.map(\.number))
            isLoaded = true
            unread = nil
            return true
        } catch {
            let trouble = RequestTrouble(reason: "StoreFailed", message: error.message, remedy: error.remedy)
            unread = trouble
            environment.logger.error(
                "\(name): what was remembered of its requests could not be read. \(error.message)",
                metadata: ["source": "\(name)"]
            )
            if let source { await tools.tell(source, trouble) }
            return false
        }
    }

    /// Stores what is known of some requests, where it changed.
    ///
    /// - Returns: Whether it is stored; what is not is not relied on.
    @discardableResult
    func save(_ numbers: some Sequence<Int>) async -> Bool {
        guard tools.remembered == nil else { return true }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var documents = numbers.compactMap { number -> Document? in
            guard let memory = book[number], let data = try? encoder.encode(memory) else { return nil }
            return Document(.pullRequest, "\(name)/\(number)", json: String(decoding: data, as: UTF8.self))
        }
        if let data = try? encoder.encode(memory) {
            documents.append(Document(.forge, name, json: String(decoding: data, as: UTF8.self)))
        }
        documents.removeAll { saved[$0.key] == $0.digest }
        guard !documents.isEmpty else { return true }
        do throws(StateStoreError) {
            try await environment.store.commit(ControllerChange(documents: documents))
            for document in documents { saved[document.key] = document.digest }
            return true
        } catch {
            environment.logger.error(
                "\(name): what is known of its requests could not be stored. \(error.message)",
                metadata: ["source": "\(name)"]
            )
            return false
        }
    }

    /// Forgets closed requests of which nothing is expected any more.
    func prune(_ mirror: RequestMirror) async {
        let open = Set(book.memories.values.filter(\.isOpen).map(\.number))
        memory.seen = memory.seen.filter { open.contains($0.key) }
        merges = merges.filter { open.contains($0.key) }
        plans.keep(Set(book.memories.keys))
        again = again.filter { open.contains($0.key) }
        asks = asks.filter { open.contains($0.key) }
        leads = leads.filter { open.contains($0.key) }
        let gone = book.prune(at: now)
        if !gone.isEmpty {
            var change = ControllerChange()
            change.forgotten = gone.map { (.pullRequest, "\(name)/\($0)") }
            do throws(StateStoreError) {
                try await environment.store.commit(change)
                for number in gone { saved["\(name)/\(number)"] = nil }
            } catch {
                environment.logger.warning(
                    "\(name): old requests were not forgotten. \(error.message)",
                    metadata: ["source": "\(name)"]
                )
            }
        }
        do throws(GitError) {
            // Of a merged one the head tells who made its commits, as long as its reviews are not all known.
            let unsealed = book.memories.values.filter { memory in
                memory.isMerged && !memory.isSealed && now.timeIntervalSince(memory.closedAt ?? now) < 86_400
            }
            try await mirror.prune(keeping: open.union(unsealed.map(\.number)))
        } catch {
            environment.logger.warning(
                "\(name): heads of closed requests were not removed. \(error.message)",
                metadata: ["source": "\(name)"]
            )
        }
    }

    /// A delivery that was signed as it should be came in.
    package func delivered(at time: Date) {
        memory.deliveredAt = time
        memory.undelivered = 0
    }
}

extension Document {
    fileprivate var digest: SHA256Digest { SHA256.hash(data: Array(json.utf8)) }

    fileprivate func decoded<Value: Decodable>(_ what: String) throws(StateStoreError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(json.utf8))
        } catch {
            throw StateStoreError.unreadable(what: "\(what) \(key)", detail: "\(error)")
        }
    }
}

/// Plans that comments are made of; the oldest make room.
struct PlanCache: Sendable {
    /// In changes of all plans together.
    private static let limit = 20_000

    /// A plan, with the folders that it was made of.
    private struct Entry: Sendable {
        var plan: TenantPlan
        var trees: TenantTrees
    }

    private var plans: [Int: [String: Entry]] = [:]
    private var order: [Int] = []

    /// The plan of a tenant, or why there is none, where it was made of these very folders.
    subscript(number: Int, trees: TenantTrees) -> TenantPlan? {
        guard let entry = plans[number]?[trees.tenant], entry.trees == trees else { return nil }
        return entry.plan
    }

    mutating func keep(_ plan: TenantPlan, of trees: TenantTrees, in number: Int) {
        plans[number, default: [:]][trees.tenant] = Entry(plan: plan, trees: trees)
        order.removeAll { $0 == number }
        order.append(number)
        var weight = plans.values.reduce(0) { $0 + $1.values.reduce(0) { $0 + Self.weight($1) } }
        while weight > Self.limit, order.count > 1 {
            let oldest = order.removeFirst()
            weight -= plans.removeValue(forKey: oldest)?.values.reduce(0) { $0 + Self.weight($1) } ?? 0
        }
    }

    mutating func drop(_ number: Int) {
        plans[number] = nil
        order.removeAll { $0 == number }
    }

    mutating func keep(_ numbers: Set<Int>) {
        plans = plans.filter { numbers.contains($0.key) }
        order.removeAll { !numbers.contains($0) }
    }

    private static func weight(_ entry: Entry) -> Int { 10 + (entry.plan.plan?.changes.count ?? 0) }
}
