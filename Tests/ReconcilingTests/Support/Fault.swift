/// Faults of the simulator as JSON, by what they mean here.
enum Fault {
    static func refusing(_ cmdlet: String, object: String? = nil, times: Int = 1) -> String {
        fault(
            cmdlet,
            object: object,
            times: "\(times)",
            #""errorBody": {"type": "Microsoft.Exchange.Data.DataValidationException", "text": "It can't be done."}"#
        )
    }

    static func fault(_ cmdlet: String, object: String? = nil, times: String = "1", _ effect: String) -> String {
        let about = object.map { #", "object": "\#($0)""# } ?? ""
        return #"[{"match": {"cmdlet": "\#(cmdlet)"\#(about)}, "times": \#(times), "effect": {\#(effect)}}]"#
    }
}
