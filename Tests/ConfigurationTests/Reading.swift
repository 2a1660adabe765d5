import Configuration

/// A small right file with room for what a test is about.
struct Example {
    /// Lines of the source, without indentation.
    var source = ""
    /// Lines that replace the tenant's `credentials`, and any others.
    var credentials = "credentials: {clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e, clientSecret: {env: SECRET}}"
    var tenant = ""
    /// Lines at the top of the file.
    var root = ""

    var text: String {
        """
        apiVersion: mitregate.dev/v1
        kind: Configuration
        \(root)
        sources:
          - name: mail-flow
            url: https://git.example/contoso/mail-flow.git
        \(indented(source, 4))
            tenants:
              - name: contoso
                path: tenants/contoso
                tenantId: 11111111-2222-3333-4444-555555555555
                organization: contoso.onmicrosoft.com
        \(indented(credentials, 8))
        \(indented(tenant, 8))
        """
    }

    private func indented(_ text: String, _ width: Int) -> String {
        text.split(separator: "\n").map { String(repeating: " ", count: width) + $0 }.joined(separator: "\n")
    }

    func read(
        environment: [String: String] = [:],
        flags: [String: String] = [:]
    ) throws(ConfigurationError) -> Configuration {
        try Configuration.read(text, environment: environment, flags: flags)
    }

    /// The ids of what is wrong with it, each once.
    func problems(environment: [String: String] = [:]) -> [String] {
        do {
            _ = try read(environment: environment)
            return []
        } catch {
            return error.problems.map(\.id)
        }
    }
}

extension Configuration {
    static func read(
        _ text: String,
        environment: [String: String] = [:],
        flags: [String: String] = [:]
    ) throws(ConfigurationError) -> Configuration {
        try ConfigurationReader.read(
            Array(text.utf8),
            file: "mitregate.yaml",
            folder: "/etc/mitregate",
            environment: environment,
            flags: flags
        )
    }
}
