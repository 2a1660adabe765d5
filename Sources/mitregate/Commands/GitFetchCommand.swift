import ArgumentParser
import Foundation
import GitRepositories

/// The child process that fetches: libgit2 has no deadline of its own, so its work is done where it can be ended.
struct GitFetchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "git-fetch",
        abstract: "Fetch as a child process; the request comes on standard input.",
        shouldDisplay: false
    )

    func run() { Foundation.exit(GitMirror.fetchInThisProcess()) }
}
