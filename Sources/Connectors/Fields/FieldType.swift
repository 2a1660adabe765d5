/// What a field may hold.
package enum FieldType: Hashable, Sendable {
    case boolean
    case integer(ClosedRange<Int>)
    /// One of these words, compared without regard to case; `allowsNone` where `null` is a meaning of its own.
    case choice([String], allowsNone: Bool)
    /// One string of this syntax, or `null`.
    case single(Term)
    /// A set of strings of this syntax: order and repetition carry no meaning.
    case set(Term)
}
