/// One look at git: each source is fetched once, however many of its tenants ask.
///
/// It is short-lived: whoever wants to see a newer commit makes a new pass.
package struct Pass: Sendable {
    package let sources: SourceReader

    package init(_ environment: RunEnvironment) { sources = SourceReader(environment) }
}
