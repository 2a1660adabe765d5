import Transfers

extension TenantWriter {
    /// Subscribes to the Exchange records of the tenant's activity feed; to do so again changes nothing.
    ///
    /// It touches no connector and no mail. The service wants 15 minutes between two tries, which are the caller's to keep.
    /// - Returns: `nil` where it is on now.
    package func startActivityFeed() async -> ExchangeError? {
        do throws(ExchangeError) {
            // AF20024: it is on already.
            let target = "/subscriptions/start?contentType=\(TenantReader.contentType)"
            try await connection.activityFeed(.post, target, accepting: "AF20024")
            return nil
        } catch {
            return error
        }
    }
}
