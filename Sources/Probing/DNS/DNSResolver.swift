import FoundationEssentials
import Synchronization

/// Asks the DNS and validates what it answers, through libunbound on a thread of its own.
package final class DNSResolver: Sendable {
    private let thread: UnboundThread
    private let settings: ResolverSettings
    private let clock: ProbeClock
    private let signedName: String
    private let lastSelfTest = Mutex<DNSSECSelfTest?>(nil)
    /// Without trust anchors, for answers that this machine cannot judge; started when it is first needed.
    private let unvalidated = Mutex<UnboundThread?>(nil)

    /// - Throws: `ProbingError` when libunbound takes a setting not; a server that does not answer is an observation.
    package init(_ settings: ResolverSettings, clock: ProbeClock = .system) throws(ProbingError) {
        self.settings = settings
        self.clock = clock
        signedName = try UnboundContext.signedName(inAnchors: settings.anchorFile)
        thread = try UnboundThread.start(settings)
    }

    deinit {
        thread.stop()
        unvalidated.withLock { $0?.stop() }
    }

    /// Asks one question; it always ends, within the settings' timeout once its turn has come.
    ///
    /// An answer that cannot be validated is called bogus only where validating is known to work. Behind servers that lose
    /// signatures every signed name would look forged; there the answer is taken as an unsigned one.
    package func ask(_ name: String, _ type: DNSRecordType) async -> DNSObservation {
        let question = DNSQuestion(name.lowercasedName, type)
        var observation = DNSObservation(
            question: question,
            rcode: nil,
            resolver: settings.resolverName,
            at: clock.date()
        )
        switch await ask(question.name, code: type.code) {
        case .timedOut: observation.failure = .timedOut
        case .failed(let reason): observation.failure = .resolver(reason)
        case .answer(let answer): observation.take(answer)
        }
        guard observation.bogusReason != nil else { return observation }
        let test = await selfTest()
        // A test that got no answer says nothing about signatures.
        guard test.status != .secure, test.failure == nil else { return observation }
        return await askUnvalidated(observation, type)
    }

    private func askUnvalidated(_ bogus: DNSObservation, _ type: DNSRecordType) async -> DNSObservation {
        let thread = unvalidated.withLock { thread in
            if thread == nil {
                var settings = settings
                settings.validates = false
                thread = try? UnboundThread.start(settings)
            }
            return thread
        }
        guard let thread else { return bogus }
        var observation = DNSObservation(question: bogus.question, rcode: nil, resolver: bogus.resolver, at: bogus.at)
        switch await ask(thread, bogus.question.name, code: type.code) {
        case .timedOut: observation.failure = .timedOut
        case .failed(let reason): observation.failure = .resolver(reason)
        case .answer(let answer): observation.take(answer)
        }
        return observation
    }

    /// Resolves a name that is known to be signed, the owner of the trust anchor itself.
    ///
    /// Unless it comes out as secure, nothing that says "insecure" can be believed and DANE must not be judged. A success
    /// is remembered for an hour.
    package func selfTest() async -> DNSSECSelfTest {
        let now = clock.date()
        if let last = lastSelfTest.withLock({ $0 }), last.status == .secure, now.timeIntervalSince(last.at) < 3600 {
            return last
        }
        var test = DNSSECSelfTest(name: signedName, status: .insecure, at: now)
        switch await ask(signedName, code: Self.startOfAuthority) {
        case .timedOut: test.failure = .timedOut
        case .failed(let reason): test.failure = .resolver(reason)
        case .answer(let answer):
            test.status = answer.dnssec
            if answer.rcode != 0, answer.bogus == nil { test.failure = .refused }
        }
        lastSelfTest.withLock { $0 = test }
        return test
    }

    /// Whether any answer comes at all: asks for a name that no cache can hold, below the owner of the trust anchor.
    package func isAnswering() async -> Bool {
        let label = "mitregate-\(String(UInt64.random(in: 0 ... .max), radix: 16))"
        let name = signedName == "." ? label : "\(label).\(signedName)"
        switch await ask(name, code: DNSRecordType.a.code) {
        case .timedOut, .failed: return false
        case .answer(let answer): return answer.bogus != nil || [0, 3].contains(answer.rcode)
        }
    }

    /// Whom it asks: `system`, or the addresses.
    package var name: String { settings.resolverName }

    private static let startOfAuthority = 6

    private func ask(_ name: String, code: Int) async -> UnboundThread.Outcome { await ask(thread, name, code: code) }

    private func ask(_ thread: UnboundThread, _ name: String, code: Int) async -> UnboundThread.Outcome {
        await withCheckedContinuation { waiter in
            thread.ask(UnboundThread.Query(name: name, type: code, timeout: settings.timeout, waiter: waiter))
        }
    }
}

extension UnboundAnswer {
    /// Bogus comes first: such an answer carries data too.
    fileprivate var dnssec: DNSSECStatus {
        if let bogus { return .bogus(why: bogus.bytes.escapedText(limit: 300)) }
        return isSecure ? .secure : .insecure
    }
}

extension DNSObservation {
    /// Takes over what the answer says.
    ///
    /// A bogus one keeps its records, as evidence: look at `dnssec` before them.
    fileprivate mutating func take(_ answer: UnboundAnswer) {
        rcode = answer.rcode
        dnssec = answer.dnssec
        if let message = DNSMessage(answer.packet) {
            let found = message.answers(to: question)
            answers = found.records
            aliases = found.aliases
            if answers.isEmpty { negativeTTL = message.negativeTTL }
            if found.isEndless { failure = .aliasLoop }
        } else if answer.rcode == 0 {
            failure = .resolver("the response cannot be read")
        }
        if ![0, 3].contains(answer.rcode), answer.bogus == nil { failure = .refused }
    }
}

extension String {
    fileprivate var bytes: [UInt8] { Array(utf8) }

    /// ASCII letters in lower case and no final dot, unless it is the root.
    var lowercasedName: String {
        let lower = String(decoding: utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
        return lower.hasSuffix(".") && lower != "." ? String(lower.dropLast()) : lower
    }
}
