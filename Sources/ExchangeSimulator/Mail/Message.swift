import FoundationEssentials

/// A message that Exchange Online took, with what became of it for each recipient.
struct Message: Sendable {
    let traceId: String
    let messageId: String
    let received: Date
    let sender: String
    let subject: String
    let size: Int
    /// The server that brought it; empty for mail from a mailbox.
    let fromIP: String
    /// Of the tenant, that it came in through.
    let inboundConnector: String?
    /// Decides, with nothing else, on what chance decides for this message.
    let chance: UInt64
    var deliveries: [Delivery]
}

/// One recipient of a message.
struct Delivery: Sendable {
    let recipient: String
    /// Seconds until the trace tells of it.
    let lag: Int
    private(set) var attempts: [Attempt] = []

    init(to recipient: String, lag: Int) {
        self.recipient = recipient
        self.lag = lag
    }

    var isOpen: Bool {
        switch attempts.last?.result {
        case .delivered?, .failed?: false
        case .deferred?, nil: true
        }
    }

    mutating func add(_ attempt: Attempt) { attempts.append(attempt) }

    /// Seconds after its arrival at which a message is tried: at once, after 15 and 30 minutes, then hourly.
    ///
    /// Section 14.1.
    static func due(_ number: Int) -> Int { number < 3 ? number * 900 : 1_800 + (number - 2) * 3_600 }

    /// A message that is not delivered after a day has failed.
    static let life = 86_400
}

/// One try to deliver.
struct Attempt: Sendable {
    enum Result: Sendable {
        /// To an address; empty for a mailbox here.
        case delivered(toIP: String)
        case deferred(Failure)
        case failed(Failure)
    }

    let at: Date
    /// The outbound connector that it took.
    let connector: String?
    let result: Result

    var failure: Failure? {
        switch result {
        case .delivered: nil
        case .deferred(let failure), .failed(let failure): failure
        }
    }
}

/// Why a try came to nothing, in the parts of the service's text.
///
/// Section 14.4.
struct Failure: Hashable, Sendable {
    /// `450 4.4.317 Cannot connect to remote server`.
    let text: String
    /// What stands behind `Message=`; nothing where the text says all.
    var message: String?
    /// The server that was tried; nothing where its name was not found.
    var server: MailServer?
    /// Whether the text is the remote server's own answer.
    var isRemote = false
    /// Whether another try is of no use.
    var isFinal = false

    init(_ text: String, message: String? = nil) {
        self.text = text
        self.message = message
    }
}
