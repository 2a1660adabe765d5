import Foundation
import PackagePlugin

/// Gives a target the files of deploy/ that `mitregate init` writes, so that there is one copy of each.
///
/// It runs before each build, and writes outside the work tree; files that stayed the same compile nothing.
@main
struct EmbeddingPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        let package = context.package.directoryURL
        let folder = context.pluginWorkDirectoryURL.appending(path: "Embedded", directoryHint: .isDirectory)
        return [
            .prebuildCommand(
                displayName: "Embed the files that init writes",
                executable: URL(filePath: "/bin/sh"),
                arguments: [
                    package.appending(path: "deploy/embed-files").path(percentEncoded: false),
                    package.path(percentEncoded: false), folder.path(percentEncoded: false),
                ],
                outputFilesDirectory: folder
            )
        ]
    }
}
