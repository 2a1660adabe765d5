import Configuration
import Definitions
import YAML

extension Beginning {
    /// The operator's file: that of the Debian package, filled in.
    package var configuration: StarterFile {
        var lines = Embedded.configuration.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for (old, new) in replacements {
            guard let index = lines.firstIndex(where: { $0.hasPrefix(old) }) else { continue }
            let indent = String(lines[index].prefix { $0 == " " })
            lines.replaceSubrange(index...index, with: new.map { indent + $0 })
        }
        return StarterFile(Self.configurationFile, lines.joined(separator: "\n"))
    }

    /// How the lines begin that are replaced, and what stands there instead.
    private var replacements: [(line: String, by: [String])] {
        let head: [(line: String, by: [String])] = [
            (
                "# Mitregate's configuration. Fill in",
                [
                    "# Mitregate's configuration, as `mitregate init` wrote it. What is still missing is said by: mitregate doctor"
                ]
            ),
            ("#   sudo -u mitregate", []),
            ("  - name: mail-flow", ["- name: \(address.name)"]),
            ("    url: <", ["url: \(YAMLText.scalar(address.isRemote ? address.url : repository))"]),
            ("    #credentials:", access),
            (
                "    #knownHosts:",
                [(address.form == .ssh && address.isRemote ? "" : "#") + "knownHosts: {file: known_hosts}"]
            ),
            ("    #rollout:", ["#rollout: {canaries: [\(tenant)], wait: 0s, stopAfter: 1}"]),
            ("    #forge:", address.setting(forge).map { ["#forge: \($0)"] } ?? nil),
        ].compactMap { line, lines in lines.map { (line, $0) } }
        return head + tenantLines + [
            ("  url: \"sqlite:", ["url: \"sqlite:mitregate.db\""]),
            ("#mirrors:", ["#mirrors: mitregate.db-mirrors"]),
        ]
    }

    private var tenantLines: [(line: String, by: [String])] {
        var lines: [(line: String, by: [String])] = [
            ("      - name: contoso", ["- name: \(tenant)"]),
            ("        path: tenants/contoso", ["path: \(path)"]),
            ("        tenantId: <", ["tenantId: \(tenantId)"]),
            ("        organization: <", ["organization: \(YAMLText.scalar(organization))"]),
            ("          clientId: <", clientId.map { ["clientId: \($0)"] } ?? []),
            ("          certificate: ", [signIn.setting]),
            // At a terminal a person is asked before anything is written.
            (
                "        # \"propose\" is the careful beginning.",
                ["# \"propose\" is the careful choice for the controller."]
            ),
            ("        changes: propose", ["changes: apply"]),
        ]
        if let simulator {
            let place = YAMLText.scalar(simulator)
            lines += [
                ("        #drift: report", ["drift: correct"]),
                ("        #endpoints:", ["endpoints: {login: \(place), exchange: \(place), graph: \(place)}"]),
            ]
        }
        return lines
    }

    /// How the repository is fetched, where it is not on this machine.
    private var access: [String] {
        guard address.isRemote else { return ["#credentials: {token: {file: git-token}}"] }
        return switch address.form {
        case .ssh: ["credentials: {privateKey: {file: id_ed25519}}"]
        default: ["credentials: {token: {file: git-token}}"]
        }
    }
}
