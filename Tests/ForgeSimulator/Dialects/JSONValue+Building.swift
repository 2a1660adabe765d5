import Foundation
import JSON

extension JSONValue {
    static func int(_ number: Int) -> JSONValue { .number("\(number)") }
    static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    static func time(_ date: Date?) -> JSONValue { date.map { .string($0.ISO8601Format()) } ?? .null }

    /// An object with more members.
    func with(_ more: JSONValue) -> JSONValue {
        guard case .object(let members) = self, case .object(let others) = more else { return self }
        let replaced = Set(others.map(\.key))
        return .object(members.filter { !replaced.contains($0.key) } + others)
    }

    /// An object whose members all have one value.
    static func object(of keys: String, _ value: JSONValue) -> JSONValue {
        .object(keys.split(separator: " ").map { Member(key: String($0), value: value) })
    }
}

extension PretendedRepository {
    func tip(_ branch: String) -> String { branches[branch] ?? Self.commit(branch) }

    var path: String { "\(owner)/\(name)" }

    /// The repository that a request's head lies in; nothing where that is gone.
    func headOwner(_ request: Request) -> String? {
        switch request.origin {
        case .same: owner
        case .fork: people[request.author]?.login ?? "outsider"
        case .gone: nil
        }
    }

    /// Open or closed requests, the one that changed last first.
    func listed(state: String?) -> [Request] {
        requests.values
            .filter { state == "all" || $0.isOpen == (state != "closed") }
            .sorted { ($0.updated, $0.number) > ($1.updated, $1.number) }
    }
}
