extension TenantReader {
    /// The settings of the organization that concern connectors.
    package func organizationSettings(
        deadline: Duration = TenantReader.deadline
    ) async -> Reading<OrganizationSettings> {
        let command = Command.read("Get-OrganizationConfig")
        return await within(deadline) {
            await connection.read(command).map { (list) throws(ExchangeError) in
                guard let row = list.rows.first, list.rows.count == 1 else {
                    throw ExchangeError(
                        .answerMalformed,
                        "\(command.cmdlet) answered \(list.rows.count) rows where there is one organization.",
                        remedy: "Try again later; no plan depends on it.",
                        cmdlet: command.cmdlet
                    )
                }
                return OrganizationSettings(
                    rejectsDirectSend: try RowReader(row, of: command.cmdlet).flag("RejectDirectSend")
                )
            }
        }
    }
}
