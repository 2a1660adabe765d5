import Synchronization

/// One place to sleep for each name; a wake that comes before the sleep is not lost.
final class Waiters: Sendable {
    private struct Place {
        var isWoken = false
        var continuation: CheckedContinuation<Void, Never>?
    }

    private let places = Mutex<[String: Place]>([:])

    func wake(_ name: String) {
        let continuation = places.withLock { places in
            let continuation = places[name]?.continuation
            places[name] = Place(isWoken: continuation == nil, continuation: nil)
            return continuation
        }
        continuation?.resume()
    }

    /// Until `wake`, or until the task is cancelled.
    func wait(for name: String) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = places.withLock { places in
                    var place = places[name] ?? Place()
                    guard !place.isWoken, !Task.isCancelled else {
                        place.isWoken = false
                        places[name] = place
                        return true
                    }
                    place.continuation = continuation
                    places[name] = place
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            wake(name)
        }
    }
}
