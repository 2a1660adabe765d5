/// What a server may cost the process that fetches from it: together at most 256 MiB of memory, with 40 for the program.
///
/// A fetch that passes one of them ends with `remoteTooLarge`.
package struct FetchLimits: Hashable, Codable, Sendable {
    /// What it may send, in bytes; libgit2 1.5 maps as much of a pack into memory while it looks for its objects.
    package var bytes = 112 << 20
    /// What its packs may hold; while they are indexed, each object takes some 130 bytes of memory.
    package var objects = 500_000
    /// What the process may allocate, in bytes; objects that others are made from must fit in there too.
    package var memory = 96 << 20

    package init() {}

    var memoryText: String { "fits into \(memory >> 20) MiB of memory" }
}
