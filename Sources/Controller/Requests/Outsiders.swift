import Forges
import FoundationEssentials

/// The people of whom a forge said that they may not write, and when.
///
/// Anyone who may read may approve, and people from outside must not use up the calls that the forge allows.
struct Outsiders: Sendable {
    /// For how long such an answer is believed.
    static let time: TimeInterval = 3_600
    /// How many people may be found to be outsiders within that time; the others have their turn after it.
    static let limit = 200
    /// How many are remembered, so that those who were asked about wait for those who were not.
    private static let memory = 20_000

    private var answers: [String: Date] = [:]

    mutating func add(_ person: Person, at now: Date) {
        if answers.count >= Self.memory { answers = answers.filter { isFresh($0.value, at: now) } }
        answers[person.id] = now
    }

    func contains(_ person: Person, at now: Date) -> Bool {
        answers[person.id].map { isFresh($0, at: now) } ?? false
    }

    /// How many more may be asked about now.
    func room(at now: Date) -> Int { max(0, Self.limit - answers.values.count { isFresh($0, at: now) }) }

    /// People in the order of their turns: those who were never asked about, then those of whom it was longest ago.
    func inTurn(_ people: [Person]) -> [Person] {
        people.enumerated().sorted { left, right in
            let (one, other) = (answers[left.element.id] ?? .distantPast, answers[right.element.id] ?? .distantPast)
            return one != other ? one < other : left.offset < right.offset
        }.map(\.element)
    }

    /// A time that is to come is of a clock that was set back.
    private func isFresh(_ answer: Date, at now: Date) -> Bool {
        (0..<Self.time).contains(now.timeIntervalSince(answer))
    }
}
