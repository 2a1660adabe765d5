import Foundation
import Glibc
import StateStore
import Testing

@Suite struct StoreFileTests {
    @Test func `only our user may read the store, its log and its index`() async throws {
        try await withStorePath { path in
            let store = try await SQLiteStore(path: path)
            try await store.commit(StateChange(run: .fixture("01")))
            for name in [path, path + "-wal", path + "-shm"] { #expect(mode(of: name) == 0o600, "\(name)") }
        }
    }

    /// Twenty times: what was just read is given back to the pool a moment after its reader has it.
    @Test(arguments: 1...20)
    func `a store that is closed leaves no log, whoever has read it`(round: Int) async throws {
        try await withStorePath { path in
            let store = try await SQLiteStore(path: path)
            try await store.commit(StateChange(run: .fixture("01")))
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try? await store.runs(RunQuery(limit: 1)) } }
            }
            await store.close()
            for name in [path + "-wal", path + "-shm"] { #expect(!FileManager.default.fileExists(atPath: name)) }
            #expect(try await SQLiteStore(path: path).runs(RunQuery(limit: 9)).count == 1)
        }
    }

    @Test func `a write has reached the disk when it returns`() async throws {
        try await withStore { store in
            let health = try await store.health()
            #expect(health == StoreHealth(format: 5, isDurable: true))
        }
    }

    @Test(arguments: ["", "-wal", "-shm"])
    func `a store that others can read is taken from them, with its log and its index`(suffix: String) async throws {
        try await withStorePath { path in
            let store = try await SQLiteStore(path: path)
            try await store.commit(StateChange(run: .fixture("01")))
            chmod(path + suffix, 0o644)
            #expect(mode(of: path + suffix) == 0o644)
            let again = try await SQLiteStore(path: path)
            #expect(mode(of: path + suffix) == 0o600)
            await again.close()
            await store.close()
        }
    }

    @Test func `an empty file becomes a store`() async throws {
        try await withStorePath { path in
            try Data().write(to: URL(filePath: path))
            #expect(try await SQLiteStore(path: path).runs(RunQuery(limit: 1)).isEmpty)
        }
    }

    @Test func `a missing folder is named`() async throws {
        try await withStorePath { path in
            let missing = path + ".d/mitregate.db"
            await #expect(throws: StateStoreError.folderMissing(place: missing, folder: path + ".d")) {
                try await SQLiteStore(path: missing)
            }
        }
    }

    @Test func `a link and a folder are refused`() async throws {
        try await withStorePath { path in
            try await SQLiteStore(path: path).commit(StateChange(run: .fixture("01")))
            symlink(path, path + ".link")
            await #expect(throws: StateStoreError.notAFile(place: path + ".link", found: "a symbolic link")) {
                try await SQLiteStore(path: path + ".link")
            }
            mkdir(path + ".d", 0o700)
            await #expect(throws: StateStoreError.notAFile(place: path + ".d", found: "a folder")) {
                try await SQLiteStore(path: path + ".d")
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
            $0 = Data("a letter to my aunt, not a database".utf8)
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
            let store = try await SQLiteStore(path: path)
            for number in 10..<40 { try await store.commit(StateChange(run: .fixture("\(number)"))) }
            await store.close()
            var bytes = try Data(contentsOf: URL(filePath: path))
            example.spoil(&bytes)
            try bytes.write(to: URL(filePath: path))
            let error = await #expect(throws: StateStoreError.self) { try await SQLiteStore(path: path) }
            #expect(error?.id == example.id, "\(String(describing: error))")
            #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a file away"), arguments: ["", "-wal", "-shm"])
    func `a file of another user is refused and left as it is`(suffix: String) async throws {
        try await withStorePath { path in
            let store = try await SQLiteStore(path: path)
            try await store.commit(StateChange(run: .fixture("01")))
            await store.close()
            if !suffix.isEmpty { try Data().write(to: URL(filePath: path + suffix)) }
            chown(path + suffix, 65_534, 65_534)
            chmod(path + suffix, 0o644)
            await #expect(throws: StateStoreError.notOurs(path: path + suffix, owner: 65_534, us: 0)) {
                try await SQLiteStore(path: path)
            }
            #expect(mode(of: path + suffix) == 0o644)
        }
    }

    @Test(arguments: ["-wal", "-shm"])
    func `a link where SQLite's own files lie is refused`(suffix: String) async throws {
        try await withStorePath { path in
            await (try SQLiteStore(path: path)).close()
            let target = path + ".target"
            try Data("theirs".utf8).write(to: URL(filePath: target))
            symlink(target, path + suffix)
            await #expect(throws: StateStoreError.notAFile(place: path + suffix, found: "a symbolic link")) {
                try await SQLiteStore(path: path)
            }
            #expect(try Data(contentsOf: URL(filePath: target)) == Data("theirs".utf8))
        }
    }

    @Test(arguments: [0o1777, 0o777, 0o702])
    func `a folder that every user may write to is refused`(mode: mode_t) async throws {
        try await withStorePath { path in
            let folder = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex))
            chmod(folder, mode)
            await #expect(throws: StateStoreError.folderOpen(folder: folder)) { try await SQLiteStore(path: path) }
            #expect(access(path, F_OK) != 0, "nothing was made there")
        }
    }

    @Test func `a folder that a group may write to is a warning, and so is a store that others can read`() async throws
    {
        try await withStore { store in
            let folder = String(store.place.prefix(upTo: store.place.lastIndex(of: "/") ?? store.place.endIndex))
            chmod(folder, 0o770)
            let one = try await store.health().warnings
            #expect(one.map { $0.contains(folder) } == [true])
            chmod(store.place, 0o640)
            let two = try await store.health().warnings
            #expect(two.count == 2)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can mount a small disk"))
    func `a full disk is called that, and what was stored stays readable`() async throws {
        try await withStorePath { path in
            let folder = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex))
            try #require(mount("tmpfs", folder, "tmpfs", 0, "size=512k,mode=700") == 0)
            defer { umount2(folder, Int32(MNT_DETACH)) }
            let store = try await SQLiteStore(path: path)
            try await store.commit(StateChange(run: .fixture("01")))
            let text = String(repeating: ".", count: 1 << 20)
            let evidence = Evidence(run: "01", tenant: "contoso", json: text, at: .start)
            let lease = try await store.lease(by: "02")
            let full = await #expect(throws: StateStoreError.self) {
                try await store.commit(StateChange(evidence: [evidence]), under: lease)
            }
            #expect(full?.id == "store-full", "\(String(describing: full))")
            #expect(full?.message.hasPrefix("No space left on \(folder) (") == true)
            #expect(try await store.runs(RunQuery(limit: 1)) == [.fixture("01")])
            await store.close()
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can mount a small disk"))
    func `a store on a disk where not even SQLite's index fits can be read`() async throws {
        try await withStorePath { path in
            let folder = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex))
            try #require(mount("tmpfs", folder, "tmpfs", 0, "size=512k,mode=700") == 0)
            defer { umount2(folder, Int32(MNT_DETACH)) }
            let store = try await SQLiteStore(path: path)
            try await store.commit(StateChange(run: .fixture("01")))
            let lease = try await store.lease(by: "02", for: .seconds(86_400))
            await store.close()
            fill(folder + "/filler")
            let again = try await SQLiteStore(path: path)
            #expect(try await again.runs(RunQuery(limit: 1)) == [.fixture("01")])
            #expect(try await again.state(of: "contoso").lease?.holder.run == "02")
            let refused = await #expect(throws: StateStoreError.self) {
                try await again.commit(StateChange(revision: "f00"), under: lease)
            }
            #expect(refused?.id == "store-full", "\(String(describing: refused))")
            let health = await #expect(throws: StateStoreError.self) { try await again.health() }
            #expect(health?.id == "store-full")
            await again.close()
            await #expect(throws: StateStoreError.self) { try await SQLiteStore(path: path + ".new") }
        }
    }

    /// Writes until the disk is full.
    private func fill(_ path: String) {
        let descriptor = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let zeros = [UInt8](repeating: 0, count: 4_096)
        while write(descriptor, zeros, zeros.count) > 0 {}
    }

    @Test func `a store that cannot be opened gives its reason to whoever asks`() async throws {
        let reason = StateStoreError.full(folder: "/data", free: 0)
        let store = UnavailableStore(place: "/data/mitregate.db", because: reason)
        await #expect(throws: reason) { try await store.health() }
        await #expect(throws: reason) { try await store.state(of: "contoso") }
        #expect(reason.message == "No space left on /data (0 B).")
    }

    @Test func `every error says what to do`() {
        let errors: [StateStoreError] = [
            .folderMissing(place: "p", folder: "f"), .notAFile(place: "p", found: "a folder"), .notAStore(place: "p"),
            .notOurs(path: "p", owner: 1, us: 2), .folderOpen(folder: "f"), .damaged(place: "p", detail: "d"),
            .newer(place: "p", version: 2, known: 1), .cannotOpen(place: "p", detail: "d"), .busy(place: "p"),
            .full(folder: "f", free: 0), .cannotUse(place: "p", detail: "d"),
            .tooLarge(what: "the plan", bytes: 2, limit: 1), .unreadable(what: "w", detail: "d"),
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
