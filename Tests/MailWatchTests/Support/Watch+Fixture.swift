import Connectors
import Foundation
import MailWatch

/// 2026-11-22T10:12:00Z, a Sunday.
let applied = Date(timeIntervalSince1970: 1_795_342_320)

func minutes(_ count: Double) -> Date { applied.addingTimeInterval(count * 60) }

extension WatchedChange.Object {
    static func fixture(
        _ name: String = "fabrikam-forced-tls",
        guid: String = "11111111-0000-0000-0000-000000000001",
        before: Settings? = ["recipientDomains": ["fabrikam.com"]],
        after: Settings? = ["recipientDomains": ["fabrikam.com"], "tlsSettings": "EncryptionOnly"]
    ) -> WatchedChange.Object {
        WatchedChange.Object(
            key: ConnectorKey(kind: .outboundConnector, name: name),
            guid: guid,
            displayName: name,
            before: before,
            after: after
        )
    }
}

extension Watch {
    /// A watch over a connector that began to demand TLS; a test states only what it is about.
    static func fixture(
        _ id: String = "w1",
        change: WatchedChange = WatchedChange(connector: .fixture()),
        onRegression: RegressionResponse = .rollBack,
        connectors: Int = 1,
        settle: Double = 1_800
    ) -> Watch {
        Watch(
            id: id,
            tenant: "contoso",
            run: "7f3a",
            revision: "1c9e5d2f00000000000000000000000000000000",
            change: change,
            policy: WatchPolicy(settle: settle, onRegression: onRegression),
            connectors: connectors,
            appliedAt: applied,
            key: WatchKey([UInt8](repeating: 7, count: 32))
        )
    }

    /// A smart host that moved: going back weakens nothing, and only the gate knows of the state before.
    static func movedHost(_ onRegression: RegressionResponse = .rollBack) -> Watch {
        let object = WatchedChange.Object.fixture(
            before: [
                "recipientDomains": ["fabrikam.com"], "useMXRecord": false, "smartHosts": ["old.fabrikam.com"],
            ],
            after: ["recipientDomains": ["fabrikam.com"], "useMXRecord": false, "smartHosts": ["dead.fabrikam.com"]]
        )
        return fixture(change: WatchedChange(connector: object), onRegression: onRegression)
    }

    /// What would be stored, as JSON.
    var stored: String { get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) } }
}
