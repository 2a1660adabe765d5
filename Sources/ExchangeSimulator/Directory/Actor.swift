/// Who runs a cmdlet: the audit log tells the two apart.
enum Actor: Sendable {
    case application(clientId: String, objectId: String)
    case administrator(userId: String)
}
