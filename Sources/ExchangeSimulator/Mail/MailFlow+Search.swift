import FoundationEssentials

extension MailFlow {
    /// Messages by when they came in, both ends included.
    func messages(in span: ClosedRange<Date>) -> ArraySlice<Message> {
        let start = place { $0.received < span.lowerBound }
        let end = place { $0.received <= span.upperBound }
        return start < end ? messages[start..<end] : []
    }

    func message(_ traceId: String, in span: ClosedRange<Date>) -> Message? {
        messages(in: span).first { $0.traceId.isSame(ignoringCase: traceId) }
    }

    /// Where the messages end of which `isBefore` holds; they are in order.
    private func place(_ isBefore: (Message) -> Bool) -> Int {
        var (low, high) = (0, messages.count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(messages[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
