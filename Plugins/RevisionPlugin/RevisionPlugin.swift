import Foundation
import PackagePlugin

/// Gives the program the commit that it is built from.
///
/// It runs before each build, and writes outside the work tree; a commit that stayed the same compiles nothing.
@main
struct RevisionPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        let package = context.package.directoryURL
        let folder = context.pluginWorkDirectoryURL.appending(path: "Revision", directoryHint: .isDirectory)
        return [
            .prebuildCommand(
                displayName: "Look which commit this is",
                executable: URL(filePath: "/bin/sh"),
                arguments: [
                    package.appending(path: "deploy/write-revision").path(percentEncoded: false),
                    package.path(percentEncoded: false), folder.path(percentEncoded: false),
                ],
                outputFilesDirectory: folder
            )
        ]
    }
}
