/// Everything that is wrong with the configuration, found in one pass.
package struct ConfigurationError: Error, Hashable, Sendable {
    /// In the order of their places; never empty.
    package let problems: [Problem]

    package init(_ problems: [Problem]) { self.problems = problems }

    package init(_ problem: Problem) { self.init([problem]) }
}

extension ConfigurationError: CustomStringConvertible {
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
