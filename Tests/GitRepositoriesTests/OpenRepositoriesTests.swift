import Foundation
import Synchronization
import TestSupport
import Testing

@testable import GitRepositories

/// What of a repository may be kept for the next reader, and when it may not.
@Suite struct OpenRepositoriesTests {
    /// Which of the repositories that were opened a reader got, by number.
    private final class Bed: Sendable {
        let folder: URL
        let pool: OpenRepositories
        let time = Passed()
        private let seen = Mutex<[ObjectIdentifier]>([])
        /// So that no address is used again.
        private let alive = Mutex<[Held]>([])
        // Safe: it is only kept alive here, never used.
        private struct Held: @unchecked Sendable { let repository: Repository }

        init(_ folder: URL) {
            self.folder = folder
            let (start, time) = (ContinuousClock.now, time)
            pool = OpenRepositories { start + time.duration }
        }

        final class Passed: Sendable {
            private let value = Mutex(Duration.zero)
            var duration: Duration { value.withLock { $0 } }
            func add(_ more: Duration) { value.withLock { $0 += more } }
        }

        func make(_ name: String) async throws -> String {
            let path = folder.appending(path: name).path
            try await TestRepository(at: path).commit(["t/a.yaml": "1"])
            return path
        }

        func git(_ arguments: String..., in path: String) async throws {
            try await run("git", ["-C", path] + arguments, in: folder)
        }

        func number(of repository: Repository) -> Int {
            alive.withLock { $0.append(Held(repository: repository)) }
            return seen.withLock { seen in
                let id = ObjectIdentifier(repository)
                if let index = seen.firstIndex(of: id) { return index }
                seen.append(id)
                return seen.count - 1
            }
        }

        func read(_ path: String) throws -> Int { try pool.reading(path) { number(of: $0) } }
    }

    private static func with(_ body: (Bed) async throws -> Void) async throws {
        try await withFolder { folder in try await body(Bed(folder)) }
    }

    @Test func `one is read again for ten seconds, and no longer`() async throws {
        try await Self.with { bed in
            let path = try await bed.make("a")
            #expect(try bed.read(path) == 0)
            bed.time.add(.seconds(10))
            #expect(try bed.read(path) == 0)
            bed.time.add(.seconds(10) + .nanoseconds(1))
            #expect(try bed.read(path) == 1)
        }
    }

    @Test func `two readers never have the same one`() async throws {
        try await Self.with { bed in
            let path = try await bed.make("a")
            try bed.pool.reading(path) { first throws(GitError) in
                let inner = try bed.pool.reading(path) { $0 !== first }
                #expect(inner)
            }
        }
    }

    @Test func `only the last four are kept`() async throws {
        try await Self.with { bed in
            var paths: [String] = []
            for number in 0...4 {
                paths.append(try await bed.make("\(number)"))
                #expect(try bed.read(paths[number]) == number)
            }
            #expect(try bed.read(paths[4]) == 4)
            #expect(try bed.read(paths[1]) == 1)
            #expect(try bed.read(paths[0]) == 5, "it was opened again")
        }
    }

    @Test(arguments: ["config", "objects/pack", "made again"])
    func `one that is another, or was changed, is opened again`(_ change: String) async throws {
        try await Self.with { bed in
            let path = try await bed.make("a")
            #expect(try bed.read(path) == 0)
            switch change {
            case "config": try await bed.git("config", "some.thing", "yes", in: path)
            case "objects/pack": try await bed.git("repack", "-q", "-a", "-d", in: path)
            default:
                try FileManager.default.moveItem(atPath: path, toPath: "\(path).old")
                _ = try await bed.make("a")
            }
            #expect(try bed.read(path) == 1)
        }
    }

    @Test func `what a kept one cannot read is asked of the repository as it is now`() async throws {
        try await Self.with { bed in
            let path = try await bed.make("a")
            #expect(try bed.read(path) == 0)
            let answer = try bed.pool.reading(path) { repository throws(GitError) in
                let number = bed.number(of: repository)
                if number == 0 { throw .missingFolder(path: "t") }
                return number
            }
            #expect(answer == 1)
            #expect(throws: GitError.missingFolder(path: "t")) {
                try bed.pool.reading(path) { _ throws(GitError) -> Int in throw .missingFolder(path: "t") }
            }
            #expect(try bed.read(path) == 2, "after an error none is kept")
        }
    }
}
