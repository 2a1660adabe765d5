import Probing
import TestSupport

extension NameServer {
    var settings: ResolverSettings {
        ResolverSettings(
            servers: .forwarders(["127.0.0.1@\(port)"]),
            anchors: .file(anchors),
            timeout: .seconds(20)
        )
    }
}
