import Connectors

extension TenantReader {
    /// The cheapest reading that notices any change to a connector: two requests.
    ///
    /// One list that failed makes the whole unknown.
    ///
    /// - Parameter deadline: For both, retries included, by a real clock.
    package func glance(deadline: Duration = TenantReader.deadline) async -> Reading<TenantGlance> {
        let start = connection.timing.now()
        connection.tokens.trouble.forget()
        return await within(deadline) {
            async let inbound = connectors(.inboundConnector, Self.inboundReads)
            async let outbound = connectors(.outboundConnector, Array(Self.outboundReads.prefix(1)))
            do throws(ExchangeError) {
                let (one, other) = (try await inbound.get(), try await outbound.get())
                let time = one.serviceTime ?? other.serviceTime
                return .known(TenantGlance(of: one.objects + other.objects, readAt: start, serviceTime: time))
            } catch {
                return .unknown(error)
            }
        }
    }
}
