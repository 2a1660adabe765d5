/// `EXOModuleFile`: where the front door would send the client, and which cmdlets it may run. Section 2.1.
extension World {
    mutating func moduleFile(_ call: Call) -> Answer {
        guard call.request.method == "GET" else { return Answer(405) }
        switch admission(to: call) {
        case .refused(let answer): return answer
        case .granted(_, let rights):
            guard !rights.isEmpty else { return forbidden() }
            // The module's own file is binary; its form is not known and only the module reads it.
            guard call.request.headers["commandname"] != nil else {
                return Answer(
                    200,
                    headers: [("Content-Type", "application/octet-stream")],
                    body: [0x50, 0x4B, 0x05, 0x06]
                )
            }
            let names = Cmdlet.all.filter { rights.contains($0.right) }.map(\.name).sorted()
            return .json(
                200,
                .object(["value": .array([.object(["exportedCmdlets": .string(names.joined(separator: ","))])])])
            )
        }
    }
}
