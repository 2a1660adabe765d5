import Forges

/// Who speaks on the pretended forge.
enum Reviewer: Int, CaseIterable {
    case author
    case alice
    case bob
    case robot
    case outsider

    var person: Person { Person(id: "\(rawValue + 1)", login: "\(self)", isBot: self == .robot) }
    var mayWrite: Bool { self != .outsider }

    static let ourselves = Person(id: "9", login: "mitregate")
}
