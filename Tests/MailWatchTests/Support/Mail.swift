import Foundation
import MailWatch

/// One message of a test, with what becomes of it.
///
/// Every address, id and text carries `SECRET`, so that a test can look for what must not be stored.
struct Message: Hashable {
    var number: Int
    var received: Date
    var sender: String
    var recipient: String
    var status: String
    /// The text of its DEFER event; empty for none.
    var text: String
    /// When its row shows, after it was received.
    var lag = 300.0

    init(_ number: Int, at received: Date, from sender: String, to domain: String, _ fate: Fate) {
        self.number = number
        self.received = received
        self.sender = "\(sender)-SECRET@northwind.example"
        recipient = "user\(number)-SECRET@\(domain)"
        switch fate {
        case .good: (status, text) = ("Delivered", "")
        case .bad(let reason): (status, text) = ("Pending", reason)
        case .word(let word): (status, text) = (word, "")
        }
    }

    enum Fate: Hashable {
        case good
        case bad(String)
        /// A status of its own, and no text.
        case word(String)
    }

    var row: TraceRow {
        TraceRow(
            messageTraceId: "SECRET-\(number)",
            received: received,
            sender: sender,
            recipient: recipient,
            status: status
        )
    }

    var details: [TraceDetail] {
        let receive = TraceDetail(date: received, event: "Receive", detail: "SECRET")
        return text.isEmpty ? [receive] : [TraceDetail(date: received, event: "Defer", detail: text), receive]
    }
}

/// Texts as Exchange Online writes them.
enum Reason {
    static func starttls(_ host: String = "mx1.fabrikam.com", _ address: String = "192.0.2.7") -> String {
        """
        Reason: [{LED=450 4.4.317 Cannot establish session with remote server [Message=451 5.7.3 STARTTLS is required to \
        send mail] [LastAttemptedServerName=\(host)] [LastAttemptedIP=\(address):25] [SmtpSecurity=-1;-1]};{MSG=};\
        {FQDN=\(host)};{IP=\(address)};{LRT=11/22/2026 10:11:40 AM}]
        """
    }

    static func timeout(_ host: String = "dead.fabrikam.com", _ address: String = "192.0.2.66") -> String {
        """
        Reason: [{LED=450 4.4.315 Connection timed out [LastAttemptedServerName=\(host)] \
        [LastAttemptedIP=\(address):25]};{MSG=};{FQDN=};{IP=};{LRT=}]
        """
    }

    static func untrusted(_ host: String = "mx1.fabrikam.com") -> String {
        """
        Reason: [{LED=450 4.4.317 Cannot connect to remote server [Message=UntrustedRoot] \
        [LastAttemptedServerName=\(host)] [LastAttemptedIP=192.0.2.7:25] [SmtpSecurity=-1;-1]};{MSG=};{FQDN=\(host)};\
        {IP=192.0.2.7};{LRT=}]
        """
    }

    static let unknownUser = """
        Reason: [{LED=550 5.1.1 <SECRET@fabrikam.com>: user unknown};{MSG=};{FQDN=mx1.fabrikam.com};{IP=192.0.2.7};{LRT=}]
        """
}
