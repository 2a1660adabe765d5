extension Lane {
    /// The requests that the round under way answers, in the order of their ids.
    package var answeringRequests: [String] { answering.sorted() }
}
