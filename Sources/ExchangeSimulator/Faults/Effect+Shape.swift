extension Effect {
    /// What happens to an answer on its way.
    func shape(_ answer: inout Answer) {
        answer.delay += delay
        answer.bodyDelay += bodyDelay
        answer.hold = hold
        switch drop {
        case .before, .after: answer.delivery = .dropped
        case .body: answer.delivery = .droppedInBody
        case nil: break
        }
        if isTruncated { answer.body = Array(answer.body.prefix(answer.body.count / 2)) }
        if isCompressed {
            answer.body = Gzip.wrapped(answer.body)
            answer.headers.append(("Content-Encoding", "gzip"))
        }
    }
}
