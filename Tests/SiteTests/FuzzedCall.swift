import Foundation
import JSON
import TestSupport
import Transfers

/// One call of an operation, each of whose values fits its schema or, by chance, does not.
struct FuzzedCall: CustomStringConvertible {
    static let run = "01KD3V0000000000000000000A"

    /// How a call is wrong, in the order in which the API looks.
    private enum Flaw {
        case token
        case path
        case query
        case body
        case type
    }

    let operation: APIDescription.Operation
    private(set) var target: String
    private(set) var secret: String?
    private(set) var contentType: String?
    private(set) var body: String?
    private var flaws: [Flaw] = []
    /// Whether a value is one of which the description asks more than the API does.
    private var isInDoubt = false

    var description: String { "\(operation.method.rawValue) \(target) \(contentType ?? "") \(body ?? "")" }

    init(_ operation: APIDescription.Operation, _ callers: [TestToken], _ random: inout SeededRandom) {
        self.operation = operation
        target = operation.path
        // Half of the calls are right in everything.
        let chance = Bool.random(using: &random) ? 0 : 0.25
        chooseToken(callers, chance, &random)
        fillPath(chance, &random)
        fillQuery(chance, &random)
        if operation.isRaw {
            (body, contentType) = (Self.texts.randomElement(using: &random) ?? "", "application/json")
        } else if let members = operation.members {
            fillBody(members, chance, &random)
        }
    }

    /// Whether an answer with this status is right for it.
    func deserves(_ status: Int) -> Bool {
        switch flaws.first {
        case .token: status == 401
        case .path: [400, 403, 404].contains(status)
        case .query, .body: [400, 403].contains(status)
        case .type: [403, 415].contains(status)
        case nil:
            // Of some what is right as such is wrong together, or names nothing that there is.
            status < 300 || [403, 404, 409].contains(status)
                || status == 400 && (isInDoubt || ["retry", "listRuns"].contains(operation.id))
        }
    }

    // MARK: Parts

    private mutating func chooseToken(_ callers: [TestToken], _ chance: Double, _ random: inout SeededRandom) {
        guard random.fraction() < chance else {
            // Whoever may most is refused least.
            secret = (Bool.random(using: &random) ? callers.last : callers.randomElement(using: &random))?.secret
            return
        }
        secret =
            [nil, "", "wrong", "réader", String(repeating: "x", count: 5_000)].randomElement(using: &random) ?? nil
        if operation.needsToken { flaws.append(.token) }
    }

    private mutating func fillPath(_ chance: Double, _ random: inout SeededRandom) {
        for parameter in operation.parameters where parameter.isInPath {
            // What is empty, leads upwards, or has a slash of its own is another path.
            let (value, isRight) = value(parameter, chance, &random) {
                !["", ".", ".."].contains($0) && !$0.contains("/")
            }
            target = target.replacing("{\(parameter.name)}", with: Self.encoded(value))
            if !isRight { flaws.append(.path) }
        }
    }

    private mutating func fillQuery(_ chance: Double, _ random: inout SeededRandom) {
        var parts: [String] = []
        for parameter in operation.parameters where !parameter.isInPath && random.fraction() < 0.4 {
            let (value, isRight) = value(parameter, chance, &random)
            parts.append("\(parameter.name)=\(Self.encoded(value))")
            if !isRight { flaws.append(.query) }
        }
        if random.fraction() < chance / 4 {
            parts.append("colour=blue")
            flaws.append(.query)
        }
        if !parts.isEmpty { target += "?" + parts.joined(separator: "&") }
    }

    private mutating func fillBody(
        _ members: [APIDescription.Parameter],
        _ chance: Double,
        _ random: inout SeededRandom
    ) {
        contentType = "application/json"
        if random.fraction() < chance / 4 {
            contentType = [nil, "text/plain", "application/xml"].randomElement(using: &random) ?? nil
            flaws.append(.type)
        }
        if random.fraction() < chance / 3 {
            body = ["", "{", "[]", "null", "\"x\"", "{\"tenant\": 1}", "{\"x\": \"y\"}", "\u{0}"]
                .randomElement(using: &random)
            flaws.append(.body)
            return
        }
        var object: [JSONValue.Member] = []
        for member in members {
            if random.fraction() < (member.isRequired ? chance / 4 : 0.5) {
                if member.isRequired { flaws.append(.body) }
                continue
            }
            let (value, isRight) = value(member, chance, &random)
            object.append(JSONValue.Member(key: member.name, value: .string(value)))
            if !isRight { flaws.append(.body) }
        }
        body = JSONValue.object(object).json
    }

    // MARK: Values

    /// A value, mostly one that the schema takes.
    private mutating func value(
        _ parameter: APIDescription.Parameter,
        _ chance: Double,
        _ random: inout SeededRandom,
        where isMeant: (String) -> Bool = { _ in true }
    ) -> (String, isRight: Bool) {
        let wantsRight = random.fraction() >= chance
        var values = (wantsRight ? parameter.right : parameter.wrong).filter(isMeant)
        // What there is must be named often, or little is ever done.
        let known = values.filter(Self.known.contains)
        if wantsRight, !known.isEmpty, Bool.random(using: &random) { values = known }
        guard let value = values.randomElement(using: &random) else { return ("contoso", true) }
        guard !wantsRight, parameter.mayTake(value) else { return (value, wantsRight) }
        isInDoubt = true
        return (value, true)
    }

    private static let known = [
        "contoso", "mail-flow", "R1", "W7", run, "sha256:" + String(repeating: "ab", count: 32),
    ]

    static let instants = ["2026-12-01T18:00:00Z", "2099-01-01T00:00:00.5+01:00"]

    static let texts =
        instants + [
            "contoso", "fabrikam", "mail-flow", "contoso,fabrikam", "R1", "W7", run, String(run.prefix(8)), "ZZZZ",
            "sha256:" + String(repeating: "ab", count: 32), String(repeating: "ab", count: 6), "0123456789ab",
            "applied", "held,blocked", "1", "50", "1000", "Because it is so.",
            HookTests.hook,
            // What few take.
            "", " ", "0", "-1", "1001", "99999999999999999999", "1e3", "sha256:abcde",
            String(repeating: "a", count: 71),
            "..", ".", "../etc", "a/b", "%00", "\u{0}", "\n", "\u{202E}evil", "né", "日本", "a,", ",",
            "'; DROP TABLE run--",
            "2026-13-01T00:00:00Z", "yesterday", "2026-12-01", String(repeating: "x", count: 3_000), "<script>",
            "\u{7F}",
        ]

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45
            return isPlain ? String(UnicodeScalar(byte)) : "%" + String(format: "%02X", byte)
        }.joined()
    }
}
