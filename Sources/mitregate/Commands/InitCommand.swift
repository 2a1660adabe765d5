import ArgumentParser
import Configuration
import Connectors
import Foundation
import GitRepositories
import Onboarding
import Reports

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a first configuration and a repository to begin with.",
        usage: "mitregate init [<folder>] [<options>]",
        discussion: """
            On a terminal it asks for what no option says. It writes mitregate.yaml with every setting explained, and a \
            repository with the tenant's folder, the JSON Schemas for your editor and a recipe for your forge's \
            pipeline. Where there is no repository yet it makes one, with a first commit. Nothing that is there is \
            overwritten, and no server is asked.

            --demo sets up what `exchange-simulator --demo-tenant` and `mitregate-lab` are there for.
            """
    )

    @Argument(help: "The folder of the configuration.", completion: .directory)
    var folder = "."

    @Option(help: ArgumentHelp("The tenant's initial domain, such as contoso.onmicrosoft.com.", valueName: "domain"))
    var organization: String?

    @Option(help: ArgumentHelp("The tenant's ID in Entra.", valueName: "guid"))
    var tenantId: String?

    @Option(
        help: ArgumentHelp("What the tenant is called here; else the first label of its domain.", valueName: "name")
    )
    var name: String?

    @Option(
        help: ArgumentHelp("certificate, client-secret, federated-token or managed-identity.", valueName: "how"),
        completion: .list(SignIn.allCases.map(\.rawValue))
    )
    var signIn: String?

    @Option(help: ArgumentHelp("The application's (client) ID.", valueName: "guid"))
    var clientId: String?

    @Option(help: ArgumentHelp("Where the repository is; else a new one is made here.", valueName: "url"))
    var url: String?

    @Option(
        help: ArgumentHelp(
            "The folder of the repository's clone; else it is named after the repository.",
            valueName: "folder"
        ),
        completion: .directory
    )
    var repository: String?

    @Option(
        help: ArgumentHelp(
            "Whose pipeline gets a recipe: github, gitlab, gitea, forgejo, azure-devops or none.",
            valueName: "kind"
        ),
        completion: .list(PipelineForge.allCases.map(\.rawValue))
    )
    var forge: String?

    @Flag(help: "Begin with the pretended tenant of exchange-simulator --demo-tenant.")
    var demo = false

    @Option(help: ArgumentHelp("Where the simulator answers, with --demo.", valueName: "url"))
    var simulator = "http://127.0.0.1:\(Beginning.demoPort)"

    func validate() throws {
        let others = [organization, tenantId, name, signIn, clientId, url, repository, forge].compactMap(\.self)
        if demo && !others.isEmpty {
            throw ValidationError("--demo answers all questions; leave the other answers out.")
        }
    }

    func run() async throws {
        try await reporting(.text) {
            try refuseSecondConfiguration()
            let beginning = try await demo ? .demo(simulator: simulator) : answered()
            try check(beginning)
            let isClone = try await isClone(beginning)
            let outcome = try write(beginning)
            if !isClone {
                try await NewRepository.make(
                    in: clone(beginning),
                    branch: "main",
                    committing: outcome.repository.written,
                    message: "Begin with Mitregate\n"
                )
            }
            Terminal.print(report(beginning, outcome, isClone: isClone).joined(separator: "\n"))
            return .success
        }
    }

    /// The files that were written and kept.
    private struct Written {
        var configuration: NewFiles.Outcome
        var repository: NewFiles.Outcome
    }

    private func refuseSecondConfiguration() throws {
        let file = path(of: Beginning.configurationFile)
        guard FileManager.default.fileExists(atPath: file) else { return }
        let tenants = (try? ConfigurationReader.read(path: file, environment: [:]))?.tenants.map(\.tenant.name) ?? []
        let known = tenants.isEmpty ? "" : ", with the tenants \(tenants.prefix(20).joined(separator: ", "))"
        throw CommandFailure(
            .error,
            id: "configuration-exists",
            "\(file) is there already\(known). Nothing was written.",
            remedy: "Add a tenant or a source to that file, or name an empty folder: mitregate init FOLDER."
        )
    }

    /// The answers of the options, and of a person for the rest.
    private func answered() async throws -> Beginning {
        var answers = Answers()
        if let name { try take("--name") { () throws(AnswerProblem) in try answers.name(name) } }
        // In the order of the questions, as one answer may depend on an earlier one.
        for question in Question.allCases {
            guard let text = option(question) else { continue }
            try take(question.option) { () throws(AnswerProblem) in try answers.give(text, to: question) }
        }
        if Terminal.isInputTerminal { try await ask(&answers) } else { try assume(&answers) }
        guard let beginning = answers.beginning(repository: repository) else { throw missing(answers.open) }
        return beginning
    }

    private func option(_ question: Question) -> String? {
        switch question {
        case .organization: organization
        case .tenantId: tenantId
        case .signIn: signIn
        case .clientId: clientId
        case .url: url
        case .forge: forge
        }
    }

    private func take(_ option: String, _ give: () throws(AnswerProblem) -> Void) throws {
        do throws(AnswerProblem) {
            try give()
        } catch {
            throw CommandFailure(.usage, id: "answer", "\(option): \(error.message)", remedy: error.remedy)
        }
    }

    private func ask(_ answers: inout Answers) async throws {
        let interrupts = Interrupts()
        while let question = answers.next {
            let suggestion = answers.suggestion(for: question) ?? ""
            let hint = suggestion.isEmpty ? "" : " [\(suggestion)]"
            guard let answer = await Terminal.ask("\(question.text)\(hint): ", until: interrupts) else {
                throw CommandFailure(
                    .interrupted,
                    id: "interrupted",
                    "It was interrupted, so nothing was written.",
                    remedy: "Run the command again; options answer ahead: mitregate init --help."
                )
            }
            do throws(AnswerProblem) {
                try answers.give(answer, to: question)
            } catch {
                Terminal.note("✗ \(error.message) \(error.remedy)")
            }
        }
    }

    private func assume(_ answers: inout Answers) throws {
        let missing = answers.missing
        guard missing.isEmpty else { throw self.missing(missing) }
        while let question = answers.next {
            try take(question.option) { () throws(AnswerProblem) in try answers.give("", to: question) }
        }
    }

    private func missing(_ questions: [Question]) -> CommandFailure {
        CommandFailure(
            .usage,
            id: "answers-missing",
            "Without a terminal to ask on, these options are needed: \(questions.map(\.option).joined(separator: ", ")).",
            remedy: "Give them as options, run it on a terminal, or try the simulator: mitregate init --demo."
        )
    }

    /// Whether the repository's folder is a clone already; what is written there is for its owner to commit.
    private func isClone(_ beginning: Beginning) async throws -> Bool {
        let folder = clone(beginning)
        guard await NewRepository.isThere(folder) else { return false }
        guard await !LocalRepository(path: folder).isBare() else {
            throw CommandFailure(
                .error,
                id: "no-work-tree",
                "\(folder) is a bare repository, which has no files to write. Nothing was written.",
                remedy: "Clone it, and name the clone: mitregate init --url \(folder) --repository CLONE."
            )
        }
        return true
    }

    /// The configuration is read before anything is written, as the other commands will read it.
    private func check(_ beginning: Beginning) throws {
        let text = beginning.configuration.text
        _ = try ConfigurationReader.read(
            Array(text.utf8),
            file: path(of: Beginning.configurationFile),
            folder: folder
        )
    }

    private func write(_ beginning: Beginning) throws -> Written {
        let repository = try NewFiles(folder: clone(beginning)).write(beginning.repositoryFiles)
        // The configuration comes last: a second attempt is refused where there is one.
        let configuration = try NewFiles(folder: folder).write(beginning.secrets + [beginning.configuration])
        return Written(configuration: configuration, repository: repository)
    }

    private func path(of name: String) -> String { folder == "." ? name : "\(folder)/\(name)" }

    /// The repository's folder as this process sees it.
    private func clone(_ beginning: Beginning) -> String {
        beginning.repository.hasPrefix("/") ? beginning.repository : path(of: beginning.repository)
    }

    private func report(_ beginning: Beginning, _ written: Written, isClone: Bool) -> [String] {
        let place = clone(beginning)
        var lines = written.configuration.written.map { "  + \(path(of: $0))" }
        lines += shortened(written.repository.written).map { "  + \(place)/\($0)" }
        let kept = written.configuration.kept.map(path) + written.repository.kept.map { "\(place)/\($0)" }
        if !kept.isEmpty { lines += ["", "Left as they were:"] + kept.map { "  = \($0)" } }
        if !isClone { lines += ["", "\(place) is a new repository with one commit on the branch main."] }
        if !beginning.errands.isEmpty { lines += [""] + beginning.errands }
        let steps = beginning.nextSteps(
            folder: folder == "." ? nil : folder,
            isCommitted: !isClone,
            isClone: isClone
        )
        return ["Written:"] + lines + ["", "Next:"] + steps.map { "  \($0)" }
    }

    /// The schemas are told as one.
    private func shortened(_ paths: [String]) -> [String] {
        let schemas = paths.filter { $0.hasPrefix("schemas/") }
        return paths.filter { !$0.hasPrefix("schemas/") }
            + (schemas.isEmpty ? [] : ["schemas/ (\(schemas.count) files)"])
    }
}
