import ExchangeSimulator
import Foundation
import Laboratory
import Testing

/// What a shell offers while a command line is typed, asked in bash as a person's shell asks it.
@Suite struct CompletionTests {
    private func offered(_ line: [String], _ laboratory: Laboratory) async throws -> [String] {
        let program = laboratory.mitregate
        let script = try await program("--generate-completion-script", "bash").output
        let words = line.map { "'\($0)'" }.joined(separator: " ")
        let shell = """
            PATH="\(Program.products.path(percentEncoded: false)):$PATH"
            \(script)
            COMP_WORDS=(\(words)); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE="${COMP_WORDS[*]}"
            COMP_POINT=${#COMP_LINE}; COMPREPLY=()
            _mitregate mitregate "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let ending = try await Program("/bin/bash", in: laboratory.folder).run(["-c", shell])
        #expect(ending.errors.isEmpty, "\(ending)")
        return ending.output.split(separator: "\n").map(String.init)
    }

    @Test func `tenants, sources, runs and definitions are offered, and no server is asked`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            #expect(try await laboratory.mitregate("apply", "--auto-approve").code == 0)
            try laboratory.repository.write(
                Sample.inbound("new", "From New", "192.0.2.7"),
                to: "tenants/contoso/new.yaml"
            )
            laboratory.simulator.clearRequests()
            #expect(try await offered(["mitregate", "plan", "--tenant", "c"], laboratory) == ["contoso"])
            #expect(try await offered(["mitregate", "plan", "--tenant", "x"], laboratory) == [])
            #expect(try await offered(["mitregate", "plan", "--source", ""], laboratory) == ["mail-flow"])
            let runs = try await offered(["mitregate", "show", "0"], laboratory)
            #expect(runs.count == 1 && runs[0].count == 26)
            #expect(try await offered(["mitregate", "gate", ""], laboratory).contains("fabrikam"))
            #expect(try await offered(["mitregate", "gate", "n"], laboratory) == ["new"], "not committed yet")
            #expect(
                try await offered(["mitregate", "report", "audit", "--connector", "f"], laboratory) == ["fabrikam"]
            )
            #expect(laboratory.simulator.requests().isEmpty)
        }
    }

    @Test func `without a configuration nothing is offered, and nothing is said`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let file = laboratory.folder.appending(path: "mitregate.yaml")
            try FileManager.default.removeItem(at: file)
            #expect(try await offered(["mitregate", "plan", "--tenant", ""], laboratory) == [])
            #expect(try await offered(["mitregate", "show", ""], laboratory) == [])
        }
    }
}
