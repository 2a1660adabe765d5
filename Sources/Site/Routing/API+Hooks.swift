extension API {
    /// What forges call; who may is told by each delivery's own signature, which only the controller can check.
    var hooks: [Endpoint] {
        [
            Endpoint(
                method: .post,
                path: "/hook/{hook}",
                operation: "deliver",
                summary:
                    "Takes a forge's delivery, whose signature is checked; the answer is the same for one that means nothing here, as a forge gives up a hook that refuses.",
                access: .open,
                variables: [
                    Endpoint.Parameter(
                        name: "hook",
                        form: .id,
                        summary: "The hook's name, as mitregate doctor prints it."
                    )
                ],
                rawBody: HookDelivery.limit,
                expects: { path in model.knows(hook: path["hook"] ?? "") },
                successStatus: 204,
                handle: { call in
                    if let raw = call.raw {
                        model.take(HookDelivery(hook: call.path["hook"] ?? "", headers: raw.headers, body: raw.bytes))
                    }
                    return .empty
                }
            )
        ]
    }
}
