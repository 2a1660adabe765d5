import FoundationEssentials

/// One value of a seed or of a schedule of faults, with its place for messages.
struct DocumentNode {
    let path: String
    let value: JSON
    private let mistake: @Sendable (String, String) -> SimulatorError

    static func seed(_ text: String) throws(SimulatorError) -> DocumentNode {
        try DocumentNode(text) { .badSeed(path: $0, reason: $1) }
    }

    static func faults(_ text: String) throws(SimulatorError) -> DocumentNode {
        try DocumentNode(text) { .badFaults(path: $0, reason: $1) }
    }

    static func settings(_ text: String) throws(SimulatorError) -> DocumentNode {
        try DocumentNode(text) { .badSettings(path: $0, reason: $1) }
    }

    private init(
        _ text: String,
        mistake: @escaping @Sendable (String, String) -> SimulatorError
    ) throws(SimulatorError) {
        do throws(JSONReader.Mistake) {
            self.init(path: "", value: try JSONReader.read(text), mistake: mistake)
        } catch {
            throw mistake("byte \(error.offset)", error.reason)
        }
    }

    private init(path: String, value: JSON, mistake: @escaping @Sendable (String, String) -> SimulatorError) {
        self.path = path
        self.value = value
        self.mistake = mistake
    }

    func wrong(_ reason: String) -> SimulatorError { mistake(path.isEmpty ? "the top" : path, reason) }

    private func child(_ step: String, _ value: JSON) -> DocumentNode {
        DocumentNode(path: path + step, value: value, mistake: mistake)
    }

    /// The document with what it does not say taken from another.
    func over(_ other: JSONObject) throws(SimulatorError) -> DocumentNode {
        var merged = other
        for member in try object().members { merged[member.name] = member.value }
        return DocumentNode(path: path, value: .object(merged), mistake: mistake)
    }

    /// `nil` for a member that is absent or null.
    subscript(name: String) -> DocumentNode? {
        guard let value = value.object?[name], value != .null else { return nil }
        return child(path.isEmpty ? name : ".\(name)", value)
    }

    /// `nil` only for a member that is absent.
    func present(_ name: String) -> DocumentNode? {
        value.object?[name].map { child(path.isEmpty ? name : ".\(name)", $0) }
    }

    func needed(_ name: String) throws(SimulatorError) -> DocumentNode {
        guard let node = self[name] else { throw wrong("\"\(name)\" is missing") }
        return node
    }

    func onlyMembers(_ names: [String]) throws(SimulatorError) {
        for member in try object().members where !names.contains(member.name) {
            throw wrong("\"\(member.name)\" is unknown; known are \(names.joined(separator: ", "))")
        }
    }

    func object() throws(SimulatorError) -> JSONObject {
        guard let object = value.object else { throw wrong("an object is expected") }
        return object
    }

    func items() throws(SimulatorError) -> [DocumentNode] {
        guard let values = value.array else { throw wrong("an array is expected") }
        return values.enumerated().map { child("[\($0.offset)]", $0.element) }
    }

    func string() throws(SimulatorError) -> String {
        guard let text = value.string else { throw wrong("a text is expected") }
        return text
    }

    func strings() throws(SimulatorError) -> [String] {
        guard let texts = value.strings else { throw wrong("texts are expected") }
        return texts
    }

    func bool() throws(SimulatorError) -> Bool {
        guard let flag = value.bool else { throw wrong("true or false is expected") }
        return flag
    }

    /// A number that may have a fraction.
    func number() throws(SimulatorError) -> Double {
        guard case .number(let text) = value, let number = Double(text), number.isFinite else {
            throw wrong("a number is expected")
        }
        return number
    }

    func time() throws(SimulatorError) -> Date {
        guard let time = Timestamp.date(try string()) else { throw wrong("a time is expected") }
        return time
    }

    /// A whole number within bounds.
    func int(_ bounds: ClosedRange<Int>) throws(SimulatorError) -> Int {
        let number = try int()
        guard bounds.contains(number) else {
            throw wrong("a whole number from \(bounds.lowerBound) to \(bounds.upperBound) is expected")
        }
        return number
    }

    /// A number within bounds.
    func number(_ bounds: ClosedRange<Double>) throws(SimulatorError) -> Double {
        let number = try number()
        guard bounds.contains(number) else {
            throw wrong("a number from \(bounds.lowerBound) to \(bounds.upperBound) is expected")
        }
        return number
    }

    func int() throws(SimulatorError) -> Int {
        guard let number = value.int else { throw wrong("a whole number is expected") }
        return number
    }
}
