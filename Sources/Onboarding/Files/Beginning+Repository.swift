import Definitions

extension Beginning {
    /// What a repository begins with, below its top.
    package var repositoryFiles: [StarterFile] {
        let schemas = DefinitionSchemas.all().map { StarterFile("schemas/\($0.name)", $0.json) }
        return [StarterFile("README.md", readme), firstPartner] + (recipe.map { [$0] } ?? []) + schemas
    }

    /// Files next to the configuration.
    package var secrets: [StarterFile] {
        simulator == nil ? [] : [StarterFile("client-secret", Self.demoSecret + "\n", isSecret: true)]
    }

    private var firstPartner: StarterFile {
        let modeline =
            "# yaml-language-server: $schema=../../schemas/\(DefinitionSchemas.fileName(.forcedTLSPartner))\n"
        guard simulator == nil else { return StarterFile("\(path)/litware.yaml", modeline + Self.demoPartner) }
        return StarterFile("\(path)/example-partner.yaml", modeline + Self.examplePartner)
    }

    /// A document that is none yet: all of its lines are comments.
    static let examplePartner = """
        # Forced TLS with one partner, both ways. Remove the # before each line below, write the partner's names, and rename
        # the file. `mitregate validate` checks it; `mitregate plan` shows what it would do; nothing is written before `apply`.
        #apiVersion: mitregate.dev/v1
        #kind: ForcedTLSPartner
        #metadata:
        #  name: fabrikam
        #spec:
        #  domains: [fabrikam.com, "*.fabrikam.com"]
        #  # How much the partner's certificate must prove: encryption-only, certificate-validation or domain-validation.
        #  trust: domain-validation
        #  tlsDomain: "*.fabrikam.com"
        #  # Mailboxes of the partner that Exchange may send a test message to.
        #  testRecipients: [tls-test@fabrikam.com]
        #  # The name in the certificate that the partner's servers send with: ask for it.
        #  certificateName: mail.fabrikam.com

        """

    private var recipe: StarterFile? {
        switch forge {
        case .none: nil
        case .github: StarterFile(".github/workflows/mitregate.yml", Embedded.githubActions)
        case .gitlab: StarterFile(".gitlab-ci.yml", Embedded.gitlabCI)
        case .gitea: StarterFile(".gitea/workflows/mitregate.yml", Embedded.giteaActions)
        case .forgejo: StarterFile(".forgejo/workflows/mitregate.yml", Embedded.giteaActions)
        // In a hidden folder, as `mitregate validate .` would read another as a definition.
        case .azureDevOps: StarterFile(".azure-pipelines/mitregate.yml", Embedded.azurePipelines)
        }
    }

    private var readme: String {
        """
        # Mail flow

        How the connectors of Exchange Online should be. Mitregate compares these files with the tenant,
        shows what a change would do to mail, asks the partner's mail servers, and applies what was shown.

        | folder | holds |
        |---|---|
        | `\(path)` | the definitions of \(organization): a partner or a connector in each file |
        | `schemas` | what an editor with a YAML language server completes and checks with |

        To change something:

        1. Edit or add a file below `\(path)`.
        2. `mitregate validate .` checks all files. It needs no network and no configuration.
        3. Commit, and push or open a pull request.
        4. `mitregate plan` shows what would change, and what happens to which mail. `mitregate apply` does it.

        A file that goes leaves its connector in the tenant, unless the operator's configuration says `prune: delete`.

        """
    }
}
