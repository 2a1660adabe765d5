extension Tenant {
    /// An object as Get returns it, in as many forms as the service has.
    ///
    /// Sections 2.4, 3.1, 4.1, 6, 11 and 12.
    func row(of object: DirectoryObject, _ random: inout Random) -> JSONObject {
        var row = JSONObject(object.properties.members)
        for (name, value) in derived(object, &random) where row[name] == nil { row[name] = value }
        if object.kind == .transportRule { addRuleMembers(object, to: &row) }
        guard quirks.oddForms else { return row }
        vary(&row, of: object.kind, &random)
        addSidecars(to: &row, of: object.kind, &random)
        // Members that no one knows, and a key that is malformed on the wire. Section 2.4.
        row["MemberOfALaterBuild"] = .object(["Value": .array([.number(1)])])
        row["LastUsedDate(DateTime])"] = .null
        return row
    }

    private func derived(_ object: DirectoryObject, _ random: inout Random) -> [(String, JSON)] {
        let forest = "\(Self.partition).PROD.OUTLOOK.COM"
        // Which replica answers varies, and nothing follows from it.
        let number = quirks.oddForms ? random.pick(["001", "002", "003"]) : "002"
        let className =
            switch object.kind {
            case .inboundConnector: ("ms-Exch-SMTP-Inbound-Connector", "msExchSMTPInboundConnector")
            case .outboundConnector: ("ms-Exch-SMTP-Outbound-Connector", "msExchSMTPOutboundConnector")
            case .transportRule: ("ms-Exch-Transport-Rule", "msExchTransportRule")
            }
        var members: [(String, JSON)] = [
            ("Identity", .string(object.name)), ("Id", .string(object.name)),
            ("DistinguishedName", .string(distinguishedName(of: object))), ("ExchangeObjectId", .string(object.guid)),
            ("ExchangeVersion", .string("0.1 (8.0.535.0)")), ("ObjectState", .string("Unchanged")),
            ("ObjectCategory", .string("\(forest)/Configuration/Schema/\(className.0)")),
            ("ObjectClass", .strings(["top", className.1])), ("OrganizationId", .string(organization)),
            ("OrganizationalUnitRoot", .string(organization)),
            ("OriginatingServer", .string("DB9PR01A01DC\(number).\(forest)")), ("IsValid", .bool(isValid(object))),
        ]
        if object.kind != .transportRule {
            members += [
                ("AdminDisplayName", .string("")), ("NameHashGuid", .string(object.guid)),
                ("OrganizationalUnitRootInternal", .string(organization)),
            ]
        }
        return members
    }

    private func isValid(_ object: DirectoryObject) -> Bool {
        do {
            try check(object)
            return true
        } catch {
            return false
        }
    }

    /// The rest of a rule's row: class names, a local time, and members that are null in nearly every rule.
    ///
    /// Section 6.
    private func addRuleMembers(_ rule: DirectoryObject, to row: inout JSONObject) {
        let groups = [
            ("Conditions", TransportRuleRules.conditions(of: rule)), ("Actions", TransportRuleRules.actions(of: rule)),
            ("Exceptions", TransportRuleRules.exceptions(of: rule)),
        ]
        for (name, classes) in groups { row[name] = classes.isEmpty ? .null : .strings(classes) }
        row["ImmutableId"] = .string(rule.guid)
        if let changed = rule.text("WhenChangedUTC") {
            row["WhenChanged"] = .string((changed.hasSuffix("Z") ? String(changed.dropLast()) : changed) + "+00:00")
        }
        row["WhenChangedUTC"] = nil
        row["WhenCreatedUTC"] = nil
        for name in Self.nullRuleMembers where row[name] == nil { row[name] = .null }
        for property in rule.kind.properties where property.isList && rule.list(property.name).isEmpty {
            row[property.name] = .null
        }
    }

    private static let nullRuleMembers = [
        "ActivationDate", "AddToRecipients", "ApplyClassification", "ApplyHtmlDisclaimerText", "AttachmentSizeOver",
        "BlindCopyTo", "CopyTo", "DeleteMessage", "Description", "Disconnect", "DlpPolicy", "ExpiryDate",
        "FromMemberOf", "GenerateIncidentReport", "HasClassification", "HeaderContainsMessageHeader",
        "ManuallyModified",
        "MessageSizeOver", "ModerateMessageByUser", "PrependSubject", "Quarantine", "RecipientAddressContainsWords",
        "RedirectMessageTo", "RejectMessageReasonText", "RemoveHeader", "RuleSubType", "SenderIpRanges", "SetSCL",
        "SentToMemberOf", "SmtpRejectMessageRejectText", "UseLegacyRegex", "WithImportance",
    ]

    // MARK: Forms

    private static let emptyTexts: Set<String> = [
        "Comment", "AdminDisplayName", "TlsDomain", "TlsSenderCertificateName", "TlsSettings",
    ]

    /// Null or "" for texts; [], null or nothing for empty lists; one text for a list of one.
    ///
    /// Sections 12.3 and 12.4.
    private func vary(_ row: inout JSONObject, of kind: ObjectKind, _ random: inout Random) {
        for name in Self.emptyTexts.sorted() {
            guard let value = row[name], value == .null || value == .string("") else { continue }
            row[name] = random.once(in: 2) ? .null : .string("")
        }
        guard kind != .transportRule else { return }
        for property in kind.properties where property.isList {
            guard let items = row[property.name]?.array else { continue }
            if items.isEmpty {
                switch random.next() % 8 {
                case 0: row[property.name] = .null
                case 1: row[property.name] = nil
                default: break
                }
            } else if items.count == 1, random.once(in: 8) {
                row[property.name] = items[0]
            }
        }
    }

    private func addSidecars(to row: inout JSONObject, of kind: ObjectKind, _ random: inout Random) {
        for member in row.members {
            let isTime = member.name.hasPrefix("When") || member.name == "LastValidationTimestamp"
            switch member.value {
            case .number: row["\(member.name)@data.type"] = .string("System.Int32")
            case .array: row["\(member.name)@odata.type"] = .string("#Collection(String)")
            case .string where isTime: row["\(member.name)@data.type"] = .string("System.DateTime")
            case .string where member.name == "Guid":
                row["Guid@data.type"] = .string("System.Guid")
                if random.once(in: 2) { row["Guid@odata.type"] = .string("#Guid") }
            default: break
            }
        }
    }
}
