/// `$batch`: up to ten requests in one; faults strike the whole, not its parts. Section 2.8.
extension World {
    mutating func batch(_ call: Call) -> (answer: Answer, changed: Bool) {
        guard call.request.method == "POST" else { return (Answer(405), false) }
        guard let items = (try? JSONReader.read(call.request.body))?.object?["requests"]?.array, items.count <= 10
        else {
            let error = CmdletError.validation("A batch holds an array of at most 10 requests.")
            return (error.answer(oddForms: false, random: &random), false)
        }
        var changed = false
        var responses: [JSON] = []
        for item in items.compactMap(\.object) {
            let target = "/" + (item["url"]?.string ?? "").split(separator: "/").dropFirst(2).joined(separator: "/")
            let request = Request(
                method: item["method"]?.string ?? "POST",
                target: target,
                headers: call.request.headers,
                body: item["body"]?.bytes ?? []
            )
            let inner = Call(request, token: token(of: request)) { tenant(called: $0) }
            let part = perform(inner, .none)
            changed = changed || part.changed
            responses.append(
                .object([
                    "id": item["id"] ?? .null, "status": .number(part.answer.status),
                    "body": (try? JSONReader.read(part.answer.body)) ?? .null,
                ])
            )
        }
        // The order is not promised.
        responses.shuffle(using: &random)
        return (.json(200, .object(["responses": .array(responses)])), changed)
    }
}
