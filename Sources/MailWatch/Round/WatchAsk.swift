/// One question of a round; all questions of a step can be asked at the same time.
package enum WatchAsk: Hashable, Sendable {
    case list(TraceQuery)
    case detail(DetailQuery)
    case gate(GateQuestion)
}

/// What became of a question.
package enum WatchAnswer: Hashable, Sendable {
    case list(TraceReading)
    case detail(DetailReading)
    case gate(GateAnswer)
}
