package import Connectors

/// What is told to people of a watch, once: a new state, or something on the way that they should know.
///
/// Object, word, reason and transition make it the same as another, never the text.
package struct WatchNotice: Hashable, Sendable, Codable {
    package enum Severity: String, Hashable, Sendable, Codable { case info, warning, high }
    package enum Transition: String, Hashable, Sendable, Codable { case raised, cleared }

    package var watch: String
    package var object: ConnectorKey
    /// A state, or `before-too`, `inbound-silent`, `trace-unreadable`, `trace-slow`.
    package var word: String
    package var reason: String
    package var transition: Transition
    package var severity: Severity
    /// For people; what strangers wrote in it is escaped, and there is no address in it.
    package var message: String
    package var run: String
    package var revision: String
}
