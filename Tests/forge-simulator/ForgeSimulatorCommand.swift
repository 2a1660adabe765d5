import ArgumentParser
import ForgeSimulator
import Foundation

/// `forge-simulator`: a Gitea on loopback for demonstrations.
@main
struct ForgeSimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forge-simulator",
        abstract: "Simulates Gitea's API for the repository contoso/mail-flow on 127.0.0.1.",
        discussion: """
            It runs until it is ended by a signal, and keeps everything in memory. With --repository it \
            knows what is pushed there; without, who pushes tells it so. In addition to the forge's own paths it takes POST /simulator/push, /simulator/open, \
            /simulator/review and /simulator/merge, and answers GET /simulator/complaints with what it was asked \
            that Gitea's description of its API does not know.
            """
    )

    @Option(help: "A file to write the port to once connections are taken.", completion: .file())
    var portFile: String

    @Option(help: "A file that holds the token of the user mitregate.", completion: .file())
    var tokenFile: String

    @Option(help: "A bare repository on this machine whose branches it has.", completion: .directory)
    var repository: String?

    func run() async throws {
        let token = try String(contentsOfFile: tokenFile, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty else { throw ValidationError("\(tokenFile) is empty") }
        let folder = repository.map { GitFolder($0) }
        var repository = PretendedRepository.live
        // Its own branch, commit and token are for tests.
        repository.branches = [:]
        repository.commits = []
        repository.tokens = [token: 1]
        let description = try ForgeDescription.load("gitea")
        try await ForgeServer.run(GiteaDialect(), description: description, repository: repository, folder: folder) {
            server in
            // Written whole or not at all: a script waits for it.
            let port = server.origin.split(separator: ":").last ?? ""
            try Data("\(port)\n".utf8).write(to: URL(filePath: portFile), options: .atomic)
            // Not `print`: its buffer would keep the line back when the output is a file.
            FileHandle.standardOutput.write(Data("Simulating Gitea at \(server.url)\n".utf8))
            while true { try await Task.sleep(for: .seconds(3600)) }
        }
    }
}
