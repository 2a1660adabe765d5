import Connectors
import Definitions
import FoundationEssentials
import Planning

/// A tenant with ten connectors in git, in Exchange and in the store.
struct SampleTenant: Sendable {
    static let connectors = 10
    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    let name: String
    /// Stands for the id of the folder's tree in git.
    let tree: String
    let files: [DefinitionFile]
    let observed: ObservedTenant
    let applied: AppliedTenant

    /// A tenant in sync but for the comment of its first connector, which git has changed since.
    init(_ number: Int) {
        name = "tenant\(number)"
        tree = String(repeating: "0", count: 35) + "\(10_000 + number)"
        func files(_ firstComment: String, of tenant: String) -> [DefinitionFile] {
            (0..<Self.connectors).map { index in
                let comment = index == 0 ? firstComment : "Agreed with the partner"
                let text = SampleDefinition.text(index, of: tenant, comment: comment)
                return DefinitionFile(path: "partner-\(index).yaml", bytes: Array(text.utf8))
            }
        }
        self.files = files("Agreed again", of: name)
        let before = DefinitionReader.read(files("Agreed with the partner", of: name), now: Self.now).desired.connectors
        observed = ObservedTenant(
            connectors: before.enumerated().map { Self.observed($1, number * Self.connectors + $0) },
            acceptedDomains: ["\(name).example", "\(name).onmicrosoft.com"],
            readAt: Self.now
        )
        applied = AppliedTenant(
            connectors: before.enumerated().map { index, connector in
                AppliedConnector(
                    key: connector.key,
                    guid: Self.guid(number * Self.connectors + index),
                    displayName: connector.displayName,
                    settings: connector.settings,
                    revision: Self.commit,
                    run: "20270115-080000-bench",
                    at: Self.now
                )
            },
            revision: Self.commit
        )
    }

    static let commit = "5f1d7a84db00d2fce00b31a7fc73224f00000000"

    func input(_ desired: DesiredTenant) -> PlanInput {
        PlanInput(
            tenant: name,
            revision: Self.commit,
            desired: desired,
            observed: observed,
            applied: applied,
            now: Self.now
        )
    }

    private static func guid(_ number: Int) -> String {
        let digits = "\(100_000_000_000 + number)"
        return "0a1b2c3d-4e5f-4a6b-8c7d-\(digits)"
    }

    /// Every field as the service answers it, with the row behind it.
    private static func observed(_ connector: DesiredConnector, _ number: Int) -> ObservedConnector {
        let settings = connector.settings.overDefaults(of: connector.kind)
        return ObservedConnector(
            kind: connector.kind,
            guid: guid(number),
            displayName: connector.displayName,
            settings: settings,
            whenChanged: now,
            row: row(connector, settings, number)
        )
    }

    /// As long as a row of the service is, some 1.5 KiB.
    private static func row(_ connector: DesiredConnector, _ settings: Settings, _ number: Int) -> String {
        let names = connector.kind.fields.map { field in
            "\"\(field.name)\":\"\(settings[field.name]?.description ?? "")\""
        }
        let identity = """
            {"Identity":"\(connector.displayName)","Guid":"\(guid(number))","ObjectState":"Unchanged","IsValid":true,\
            "DistinguishedName":"CN=\(connector.displayName),CN=Transport Settings,CN=Configuration,\
            CN=tenant\(number).onmicrosoft.com,CN=ConfigurationUnits,DC=EURP195A001,DC=PROD,DC=OUTLOOK,DC=COM",\
            "ObjectCategory":"EURP195A001.PROD.OUTLOOK.COM/Configuration/Schema/ms-Exch-SMTP-Connector",\
            "WhenChangedUTC":"2027-01-15T08:00:00.0000000Z","WhenCreatedUTC":"2026-01-15T08:00:00.0000000Z"
            """
        // As long as its text and no longer, as the reader of the service's answers makes it.
        return String(decoding: Array((identity + "," + names.joined(separator: ",") + "}").utf8), as: UTF8.self)
    }
}

extension Array where Element: Sendable {
    /// Does the work on every core, each with its share; the order is kept.
    func onEveryCore<Result: Sendable>(_ work: @escaping @Sendable (Element) -> Result) async -> [Result] {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let size = Swift.max(1, (count + cores - 1) / cores)
        return await withTaskGroup(of: (Int, [Result]).self) { group in
            for start in stride(from: 0, to: count, by: size) {
                group.addTask { (start, self[start..<Swift.min(start + size, self.count)].map(work)) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }
}
