import Foundation
import Glibc
import StateStore
import Testing

@Suite struct StoreFileTests {
    @Test func `only our user may read the store, its log and its index`() async throws {
        try await withStorePath { path in
            let store = try await StateStore(path: path)
            try await store.saveRun(.fixture("01"))
            for name in [path, path + "-wal", path + "-shm"] { #expect(mode(of: name) == 0o600, "\(name)") }
        }
    }

    @Test func `a write has reached the disk when it returns`() async throws {
        try await withStore { store in
            let health = try await store.health()
            #expect(health == StoreHealth(format: 1, journalMode: "wal", isDurable: true))
        }
    }

    @Test func `a store that others can read is taken from them`() async throws {
        try await withStorePath { path in
            try await StateStore(path: path).saveRun(.fixture("01"))
            chmod(path, 0o644)
            _ = try await StateStore(path: path)
            #expect(mode(of: path) == 0o600)
        }
    }

    @Test func `an empty file becomes a store`() async throws {
        try await withStorePath { path in
            try Data().write(to: URL(filePath: path))
            #expect(try await StateStore(path: path).runs(tenant: nil, limit: 1).isEmpty)
        }
    }

    @Test func `a missing folder is named`() async throws {
        try await withStorePath { path in
            let missing = path + ".d/mitregate.db"
            await #expect(throws: StateStoreError.folderMissing(path: missing, folder: path + ".d")) {
                try await StateStore(path: missing)
            }
        }
    }

    @Test func `a link and a folder are refused`() async throws {
        try await withStorePath { path in
            try await StateStore(path: path).saveRun(.fixture("01"))
            symlink(path, path + ".link")
            await #expect(throws: StateStoreError.notAFile(path: path + ".link", found: "a symbolic link")) {
                try await StateStore(path: path + ".link")
            }
            mkdir(path + ".d", 0o700)
            await #expect(throws: StateStoreError.notAFile(path: path + ".d", found: "a folder")) {
                try await StateStore(path: path + ".d")
            }
        }
    }

    struct Spoiled: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let id: String
        let spoil: @Sendable (inout Data) -> Void
    }

    @Test(arguments: [
        Spoiled(testDescription: "text", id: "store-damaged") {
            $0 = Data("a letter to my aunt, which is no database".utf8)
        },
        Spoiled(testDescription: "a lost header", id: "store-damaged") {
            $0.replaceSubrange(0..<16, with: Data(count: 16))
        },
        Spoiled(testDescription: "a page of noise", id: "store-damaged") { data in
            data.replaceSubrange(4_096..<8_192, with: Data((0..<4_096).map { UInt8(truncatingIfNeeded: $0 &* 7) }))
        },
        Spoiled(testDescription: "cut off", id: "store-damaged") { $0 = $0.prefix(3 * 4_096 + 17) },
        Spoiled(testDescription: "a newer version", id: "store-newer") { $0[63] = 99 },
        Spoiled(testDescription: "another program's mark", id: "store-foreign") { $0[68] = 1 },
        Spoiled(testDescription: "tables without our mark", id: "store-foreign") {
            $0.replaceSubrange(68..<72, with: Data(count: 4))
        },
    ])
    func `a file that is not a store of this version is refused and left byte for byte`(_ example: Spoiled) async throws
    {
        try await withStorePath { path in
            let store = try await StateStore(path: path)
            for number in 10..<40 { try await store.saveRun(.fixture("\(number)")) }
            await store.close()
            var bytes = try Data(contentsOf: URL(filePath: path))
            example.spoil(&bytes)
            try bytes.write(to: URL(filePath: path))
            let error = await #expect(throws: StateStoreError.self) { try await StateStore(path: path) }
            #expect(error?.id == example.id, "\(String(describing: error))")
            #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
        }
    }

    @Test func `every error says what to do`() {
        let errors: [StateStoreError] = [
            .folderMissing(path: "p", folder: "f"), .notAFile(path: "p", found: "a folder"), .notAStore(path: "p"),
            .damaged(path: "p", detail: "d"), .newer(path: "p", version: 2, known: 1),
            .cannotOpen(path: "p", detail: "d"),
            .busy(path: "p"), .full(path: "p"), .cannotUse(path: "p", detail: "d"), .unreadable(what: "w", detail: "d"),
            .noSuchRun("0"), .ambiguousRun("0", candidates: ["01", "02"]), .leaseLost(tenant: "t"),
        ]
        #expect(Set(errors.map(\.id)).count == errors.count)
        for error in errors { #expect(error.message.count > 10 && error.remedy.count > 10) }
    }

    private func mode(of path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }
}
