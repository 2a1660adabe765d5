/// Which quarantines were lifted.
package struct RetryDocument: ReportDocument, Hashable {
    package static let kind = "Retry"

    package struct Lifted: Hashable, Sendable, Encodable {
        package var tenant: String
        package var revision: String
        /// The run that was rolled back.
        package var run: String

        package init(tenant: String, revision: String, run: String) {
            self.tenant = tenant
            self.revision = revision
            self.run = run
        }
    }

    package var lifted: [Lifted]

    package init(lifted: [Lifted]) { self.lifted = lifted }
}
