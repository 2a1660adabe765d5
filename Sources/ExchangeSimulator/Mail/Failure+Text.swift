import FoundationEssentials

extension Failure {
    /// The forms in which texts were captured.
    ///
    /// Section 14.4.
    enum Form: CaseIterable {
        case whole
        /// The service cuts long texts, and leaves brackets open.
        case cut
        case older
    }

    /// The text of a DEFER or FAIL event.
    func detail(_ form: Form, at time: Date, id: String) -> String {
        let bracket = message.map { " [Message=\($0)]" } ?? ""
        let name = server?.name ?? ""
        let address = server?.address ?? ""
        if form == .older {
            let socket = message.flatMap { $0.hasPrefix("Socket error") ? $0 : nil }
            let told = socket == nil ? bracket : ""
            return "Reason: [{LED=\(text)\(told)};{MSG=\(socket ?? "")};{Last attempted server name=\(name)}"
                + (isRemote ? ";{FQDN=\(name)};{IP=\(address)}]" : "]")
        }
        let tried = server == nil ? "" : " [LastAttemptedServerName=\(name)] [LastAttemptedIP=\(address):25]"
        let led =
            "\(text)\(bracket)\(tried) [SmtpSecurity=-1;-1] [DB9PR01MB0001.eurprd01.prod.exchangelabs.com \(Timestamp.seconds(time)).123Z \(id.prefix(16))]"
        if form == .cut {
            let head = "Reason: [{LED=\(led)"
            // After the server's name, and before the bracket that would close what follows.
            return String(head.prefix(max("Reason: [{LED=\(text)\(bracket)".count + 60, 120)))
        }
        let (fqdn, ip) = isRemote ? (name, address) : ("", "")
        return "Reason: [{LED=\(led)};{MSG=};{FQDN=\(fqdn)};{IP=\(ip)};{LRT=\(Self.american(time))}]"
    }

    /// `11/22/2026 10:11:40 AM`.
    private static func american(_ time: Date) -> String {
        let text = Array(Timestamp.seconds(time))
        let number = { (from: Int, count: Int) in Int(String(text[from..<from + count])) ?? 0 }
        let hour = number(11, 2)
        let clock = "\((hour + 11) % 12 + 1):\(String(text[14..<19])) \(hour < 12 ? "AM" : "PM")"
        return "\(number(5, 2))/\(number(8, 2))/\(number(0, 4)) \(clock)"
    }
}
