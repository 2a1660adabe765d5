import Connectors
import YAML

/// One parameter of a template: what it may be, and what it is where no one says.
struct Parameter: Sendable {
    let name: String
    let type: ParameterType
    /// Whether its value is a list of such values.
    let isList: Bool
    /// For a choice.
    let choices: [String]
    /// For an integer.
    let range: ClosedRange<Int>
    var fallback: ParameterValue?
    let place: YAMLPlace

    /// A list has at most so many entries.
    static let maximumEntries = 1_000

    /// Letters and digits, beginning with a small letter; at most 63.
    static func isName(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, (97...122).contains(first), text.utf8.count <= 63 else { return false }
        return text.utf8.allSatisfy { (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) }
    }

    /// The value that someone gives, when it is right; what is not, and what is right.
    func value(of given: GivenValue.Content) -> (value: ParameterValue?, problem: ValueProblem?) {
        switch given {
        case .scalar(let scalar):
            guard !isList else {
                return (nil, wrongType("is one value, and a list is expected", "Write [\(scalar.quoted)]."))
            }
            return Self.single(one(scalar))
        case .list(let scalars):
            guard isList else {
                return (
                    nil, wrongType("is a list, and \(type.name) is expected", "Write one value, without [ ] or a dash.")
                )
            }
            return list(scalars)
        case .cell(let text):
            guard isList else { return Self.single(one(cell(text))) }
            let parts = text.split(separator: ";").map { String($0).trimmingSpaces() }.filter { !$0.isEmpty }
            return list(parts.map(cell))
        case .other(let kind):
            return (nil, wrongType("is \(kind), and \(type.name) is expected", "Write one value, or a list of values."))
        }
    }

    private func list(_ scalars: [YAMLScalar]) -> (value: ParameterValue?, problem: ValueProblem?) {
        guard scalars.count <= Self.maximumEntries else {
            let reason = "has \(scalars.count) entries, and at most \(Self.maximumEntries) are taken"
            return (nil, ValueProblem(reason: reason, remedy: "Shorten the list."))
        }
        var values: [YAMLScalar] = []
        for scalar in scalars {
            let (value, problem) = one(scalar)
            if let problem { return (nil, problem) }
            if let value { values.append(value) }
        }
        return (.list(values), nil)
    }

    /// A cell is text, unless a number or a boolean is wanted.
    private func cell(_ text: String) -> YAMLScalar {
        YAMLScalar(text: text.trimmingSpaces(), isQuoted: type != .boolean && type != .integer)
    }

    private func one(_ scalar: YAMLScalar) -> Checked<YAMLScalar> {
        switch type {
        case .boolean:
            guard scalar.kind == .boolean else { return wrong(scalar, "Write true or false.") }
            return (YAMLScalar(text: scalar.text.asciiLowercased, isQuoted: false), nil)
        case .integer:
            guard scalar.kind == .integer, let number = Int(scalar.text), range.contains(number) else {
                return wrong(scalar, "Write a whole number from \(range.lowerBound) to \(range.upperBound).")
            }
            return (YAMLScalar(text: String(number), isQuoted: false), nil)
        default: break
        }
        guard scalar.kind == .text else { return wrong(scalar, "Put it in quotes: \"\(scalar.shown)\".") }
        let text = type == .string ? scalar.text : scalar.text.trimmingSpaces()
        if let problem = textProblem(text, scalar) { return (nil, problem) }
        return (YAMLScalar(text: text, isQuoted: true), nil)
    }

    private func textProblem(_ text: String, _ scalar: YAMLScalar) -> ValueProblem? {
        guard text.utf8.count <= ParameterType.maximumLength * 4 else {
            return ValueProblem(
                reason: "is longer than \(ParameterType.maximumLength) characters",
                remedy: "Shorten it."
            )
        }
        switch type {
        case .slug:
            guard !Slug.isValid(text) else { return nil }
            return wrong(scalar, "Write \"\(Slug.from(text))\".").problem
        case .choice:
            guard !choices.contains(text) else { return nil }
            let all = "Write one of \(choices.joined(separator: ", "))."
            return wrong(scalar, Nearest.question(text, among: choices).map { "\($0) \(all)" } ?? all).problem
        default:
            if text.isEmpty, type != .string { return wrong(scalar, "Give a value.").problem }
            guard let problem = type.term?.problem(with: text),
                // Whether such an address may be meant depends on the network, which the definition's own check knows.
                problem.rule != TermProblem.privateSmartHost
            else { return nil }
            let reason = "is \"\(scalar.shown)\", and \(type.name) is expected: \(problem.reason)"
            return ValueProblem(reason: reason, remedy: problem.remedy)
        }
    }

    private static func single(_ checked: Checked<YAMLScalar>) -> Checked<ParameterValue> {
        (checked.value.map(ParameterValue.scalar), checked.problem)
    }

    private typealias Checked<Value> = (value: Value?, problem: ValueProblem?)

    private func wrong(_ scalar: YAMLScalar, _ remedy: String) -> Checked<YAMLScalar> {
        let what = scalar.kind == .null ? "nothing" : "\"\(scalar.shown)\""
        return (nil, wrongType("is \(what), and \(type.name) is expected", remedy))
    }

    private func wrongType(_ reason: String, _ remedy: String) -> ValueProblem {
        ValueProblem(reason: reason, remedy: remedy)
    }
}

/// Why a value does not fit its parameter: what it is, and what to do.
struct ValueProblem: Hashable, Sendable {
    static let rule = "template-value"
    /// Follows the value's name: `is "x", and a domain is expected`.
    let reason: String
    let remedy: String
}

/// A value that is right for its parameter; in it every text counts as quoted, so that it can only be text.
enum ParameterValue: Hashable, Sendable {
    case scalar(YAMLScalar)
    case list([YAMLScalar])

    /// As YAML would have it.
    var text: String {
        switch self {
        case .scalar(let scalar): Self.text(scalar)
        case .list(let scalars): "[\(scalars.map(Self.text).joined(separator: ", "))]"
        }
    }

    private static func text(_ scalar: YAMLScalar) -> String {
        scalar.isQuoted ? YAMLText.scalar(scalar.text) : scalar.text
    }
}
