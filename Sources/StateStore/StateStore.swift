package import FoundationEssentials
package import Planning
package import Scheduling

/// What Mitregate remembers between runs: applied state, journals, history, quarantines, and who may write for a tenant.
///
/// Several processes, on several machines where the store is a server, may use one store at once. Nothing that this
/// protocol promises depends on which process asks. A function that writes returns when the write is durable, and is not
/// cut short when its task is cancelled: a run that is interrupted still saves its journal.
package protocol StateStore: Sendable {
    /// Where the store is, for messages and for what lies next to it: a path, or a server's address without a password.
    var place: String { get }

    /// All that a run or a report needs to know about a tenant, from one moment.
    ///
    /// - Returns: An empty state for a tenant that the store has never heard of.
    func state(of tenant: String) async throws(StateStoreError) -> TenantState

    /// The same without what was applied, whose connectors take by far the most to read.
    func standing(of tenant: String) async throws(StateStoreError) -> TenantStanding

    /// The history, newest first (by id, which is the order of time).
    func runs(_ query: RunQuery) async throws(StateStoreError) -> [RunRecord]

    /// The run whose id begins with what a person typed; letter case doesn't matter.
    ///
    /// - Throws: `noSuchRun`, or `ambiguousRun` with up to ten candidates, newest first.
    func run(matching prefix: String) async throws(StateStoreError) -> StoredRun

    /// The journal of a run; `nil` when it wrote nothing.
    func journal(run: String) async throws(StateStoreError) -> Journal?

    /// A run's evidence in the order in which it was saved.
    func evidence(run: String) async throws(StateStoreError) -> [Evidence]

    /// Evidence by what it is about, newest first; nothing else is read.
    func evidence(_ query: EvidenceQuery) async throws(StateStoreError) -> [Evidence]

    /// Takes the tenant's lease for one run, unless another run holds it.
    ///
    /// A held lease is taken over, in the same transaction, when its process is surely gone (`RunHolder.isSurelyGone`)
    /// or when it has run out by the store's clock. It is never given twice, not even to the same holder.
    ///
    /// - Parameter duration: How long the lease holds without `renew` or `commit`.
    func acquire(
        _ tenant: String,
        by holder: RunHolder,
        for duration: Duration
    ) async throws(StateStoreError) -> LeaseAnswer

    /// Holds on to a lease, even one that ran out, as long as no other run took it.
    ///
    /// - Returns: Whether the lease is still the caller's. If not, it must stop writing, to the tenant as well.
    func renew(_ lease: Lease) async throws(StateStoreError) -> Bool

    /// Gives a lease back; one that another run took since is left to that run.
    func release(_ lease: Lease) async throws(StateStoreError)

    /// Changes what is remembered about a tenant: all of the change, or none of it. This also renews the lease.
    ///
    /// - Throws: `leaseLost` when another run took the tenant over; `tooLarge` when a part of the change is beyond its
    ///   limit. Then nothing of it is stored.
    func commit(_ change: StateChange, under lease: Lease) async throws(StateStoreError)

    /// Stores what the controller remembers and tells: all of the change, or none of it.
    ///
    /// What it expects is looked at in the same transaction, so of two that rest on the same document only one is stored.
    ///
    /// - Throws: `documentMoved` when a document is not what the change expects; `tooLarge` when a document or an event is
    ///   beyond its limit. Then nothing of it is stored.
    func commit(_ change: ControllerChange) async throws(StateStoreError)

    /// In the order of their keys.
    func documents(_ query: DocumentQuery) async throws(StateStoreError) -> [Document]

    /// Newest last.
    func events(_ query: EventQuery) async throws(StateStoreError) -> [Event]

    /// What a sink has not taken yet, oldest event first, whether or not it is due.
    func deliveries(to sink: String, limit: Int) async throws(StateStoreError) -> [Delivery]

    /// Keeps what became of deliveries.
    ///
    /// - Parameter events: Ids of events.
    func settle(_ events: [String], of sink: String, _ outcome: DeliveryOutcome) async throws(StateStoreError)

    /// Forgets runs that ended before `date`, with their plans, journals and evidence.
    ///
    /// Kept whatever their age are runs with an unfinished journal, runs that have not ended, and each tenant's last
    /// apply and last rollback. Events of that time go too. One call removes at most `StateStoreLimits.prunedRuns`, so that no writer waits long.
    ///
    /// - Returns: How many runs were removed.
    @discardableResult
    func prune(before date: Date) async throws(StateStoreError) -> Int

    /// How the store keeps its promises, for `doctor`; may read all of it.
    func health() async throws(StateStoreError) -> StoreHealth

    /// Ends the use of the store. Nothing may be asked of it afterwards.
    func close() async
}

/// How much one value in the store may hold, in bytes of UTF-8 unless it says otherwise.
///
/// What a run stores depends on what others send, so each text is measured before it is written. A text that is too large
/// ends its tenant's run and no other.
package enum StateStoreLimits {
    /// One row of evidence, and what it is about.
    package static let evidence = 2 << 20
    /// The plan of a run, and what the gate said of it.
    package static let plan = 256 << 20
    package static let journal = 256 << 20
    /// One applied connector, one quarantine, or one column of a run.
    package static let record = 16 << 20
    /// Runs that one call of `prune` removes.
    package static let prunedRuns = 1_000
}
