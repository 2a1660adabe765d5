package import Planning

/// What happens to a watch from outside its rounds.
package enum WatchInput: Hashable, Sendable {
    /// A newer run touched the connector.
    case superseded(run: String)
    /// Someone else changed the connector; who, where that is known.
    case changed(by: String?)
    /// The service's time was not believed for so long that no unit would count any more.
    case clockDoubted
    case endedByPerson(name: String, reason: String)
    /// The run that takes the change back ended.
    case tookBack(TakeBackEnd)
}

/// How the run that takes a change back ended.
package enum TakeBackEnd: Hashable, Sendable {
    /// Nothing was written: someone else has changed the object since.
    case refused(String)
    /// Nothing of it stands, for a reason that may pass: it is tried again, by a run of this id.
    case postponed(next: String)
    /// *Applied* is taken back; *rolled back* is a run that was itself undone, and the change stands.
    case ended(RunRecord.Result)
}

/// What is to be taken back, by an ordinary run under this id; it touches these objects and nothing else of the run.
package struct TakeBack: Hashable, Sendable, Codable {
    package var watch: String
    /// The id of the run that takes back, stored before that run starts.
    package var run: String
    /// The run whose change it is.
    package var earlier: String
    /// The rules that cannot stand without the connector come first.
    package var objects: [WatchedChange.Object]
    /// Whether the operator's file lets it weaken security.
    package var mayWeaken: Bool
    /// Why, in a sentence for people.
    package var reason: String
}
