/// How much of a stranger's YAML is read before it is refused.
package struct YAMLLimits: Hashable, Sendable {
    /// In bytes.
    package var fileSize: Int
    /// In Unicode scalars.
    package var documentSize: Int
    /// Mappings and lists inside each other.
    package var depth: Int
    /// Values in a document, counted with every alias written out; a long text counts for one in 64 bytes.
    package var nodes: Int

    package init(fileSize: Int, documentSize: Int, depth: Int, nodes: Int) {
        self.fileSize = fileSize
        self.documentSize = documentSize
        self.depth = depth
        self.nodes = nodes
    }

    /// For a definition: Exchange's largest connector has some 1,300 entries.
    package static let definitions = YAMLLimits(
        fileSize: 16 << 20,
        documentSize: 1 << 20,
        depth: 32,
        nodes: 30_000
    )
    /// For the operator's own file, which lists every tenant.
    package static let configuration = YAMLLimits(
        fileSize: 16 << 20,
        documentSize: 16 << 20,
        depth: 32,
        nodes: 1_000_000
    )
}
