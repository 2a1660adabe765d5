import Connectors
import FoundationEssentials
import JSON

extension TenantReader {
    /// Far more than a tenant has connectors.
    private static let maximumBlocked = 10_000

    /// The inbound connectors that are blocked; none is the usual answer, and nothing in Get-InboundConnector shows it.
    package func blockedConnectors(
        deadline: Duration = TenantReader.deadline
    ) async -> Reading<[BlockedConnector]> {
        let command = Command.read("Get-BlockedConnector")
        return await within(deadline) {
            await connection.read(command).map { (list) throws(ExchangeError) in
                guard list.rows.count <= Self.maximumBlocked else {
                    throw ExchangeError(
                        .answerIncomplete,
                        "There are more blocked connectors than any tenant has connectors.",
                        remedy: "Look at the restricted entities in the Defender portal.",
                        cmdlet: command.cmdlet
                    )
                }
                var blocked: [BlockedConnector] = []
                for row in list.rows { blocked.append(try Self.blocked(RowReader(row, of: command.cmdlet))) }
                return blocked
            }
        }
    }

    private static func blocked(_ reader: RowReader) throws(ExchangeError) -> BlockedConnector {
        let text = { (keys: [String]) in keys.lazy.compactMap { reader.row[$0]?.text }.first { !$0.isEmpty } }
        let id = text(["ConnectorId", "ConnectorGuid", "Guid", "Identity", "Id"])
        return BlockedConnector(
            guid: id.flatMap(UUID.init(uuidString:))?.uuidString.lowercased(),
            name: text(["ConnectorName", "Name", "DisplayName"]).map { brief($0) },
            reason: text(["Reason", "BlockReason"]).map { brief($0) }
        )
    }

    private static func brief(_ text: String) -> String {
        String(Redaction.text(text).prefix(300))
    }
}
