/// Why the simulator could not do what its operator asked; what a client is refused is an answer, not an error.
package enum SimulatorError: Error, Hashable, Sendable, CustomStringConvertible {
    case cannotListen(port: Int, reason: String)
    /// `path` is where in the document, as `tenants[0].applications[1].clientId`.
    case badSeed(path: String, reason: String)
    case badFaults(path: String, reason: String)
    case badSettings(path: String, reason: String)
    case badEdit(reason: String)
    case unknownTenant(String)
    /// Exchange's rules refuse an edit, with the type and the text that a client would read.
    case refused(type: String, text: String)

    package var description: String {
        switch self {
        case .cannotListen(let port, let reason):
            "Port \(port) of 127.0.0.1 can't be listened on: \(reason). Give port 0 to take any free one."
        case .badSeed(let path, let reason):
            "The seed is wrong at \(path): \(reason). Compare it with what GET /simulator/state returns."
        case .badFaults(let path, let reason):
            "The faults are wrong at \(path): \(reason). The forms are in the module's page, ExchangeSimulator.md."
        case .badSettings(let path, let reason):
            "The settings are wrong at \(path): \(reason). The forms are in the module's page, ExchangeSimulator.md."
        case .badEdit(let reason):
            """
            The edit is wrong: \(reason). It takes {"tenant", "userId", "cmdlet", "parameters": {…}}.
            """
        case .unknownTenant(let tenant):
            "No tenant is called \"\(tenant)\". Name one by its tenantId, or by one of its accepted domains."
        case .refused(let type, let text):
            "Exchange would refuse the edit: \(text) (\(type)). Change it, or seed the state that you want."
        }
    }
}
