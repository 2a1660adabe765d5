extension Tenant {
    /// Runs a cmdlet whose caller may run it.
    mutating func run(
        _ cmdlet: Cmdlet,
        _ parameters: JSONObject,
        _ context: inout CmdletContext
    ) throws(CmdletError) -> CmdletResult {
        let before = objects
        let result =
            switch cmdlet {
            case .get(let kind): try get(kind, parameters, &context)
            case .new(let kind): try create(kind, parameters, &context)
            case .set(let kind): try update(kind, parameters, &context)
            case .remove(let kind): try remove(kind, parameters, &context)
            case .enableRule: try switchRule(on: true, parameters, &context)
            case .disableRule: try switchRule(on: false, parameters, &context)
            case .getAcceptedDomain: try getAcceptedDomain(parameters, &context)
            case .getOrganizationConfig: try getOrganizationConfig(parameters)
            case .validateOutboundConnector: try validateOutboundConnector(parameters)
            case .searchUnifiedAuditLog: try searchUnifiedAuditLog(parameters, &context)
            case .getAdminAuditLogConfig: try getAdminAuditLogConfig(parameters)
            case .getBlockedConnector: try getBlockedConnector(parameters)
            case .removeBlockedConnector: try removeBlockedConnector(parameters, &context)
            case .setOrganizationConfig: try setOrganizationConfig(parameters, &context)
            case .setAdminAuditLogConfig: try setAdminAuditLogConfig(parameters, &context)
            case .getMessageTrace: try getMessageTrace(parameters, &context)
            case .getMessageTraceDetail: try getMessageTraceDetail(parameters, &context)
            case .getFirstMessageTrace, .getFirstMessageTraceDetail: throw .retired(cmdlet.name)
            }
        if result.changed, let reads = context.staleReads {
            for kind in ObjectKind.allCases where before[kind] != objects[kind] {
                lag(kind, at: before[kind] ?? [], reads: reads)
            }
        }
        return result
    }

    /// A domain controller's name, as error texts and rows show it.
    var server: String { "DB9PR01A01DC002.\(Self.partition).PROD.OUTLOOK.COM" }

    func position(of kind: ObjectKind, _ identity: String) throws(CmdletError) -> Int {
        guard let index = self[kind].firstIndex(where: { $0.answers(to: identity, in: self) }) else {
            throw .notFound(identity, server: server)
        }
        return index
    }

    /// What `WhatIf` answers.
    ///
    /// Section 2.3; PowerShell's usual text.
    static func whatIf(_ action: String, _ name: String) -> CmdletResult {
        CmdletResult(confirmation: "What if: \(action) \"\(name)\".")
    }
}
