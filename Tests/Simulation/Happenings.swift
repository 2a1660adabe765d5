import Foundation

/// What comes next in the pretended world.
enum Happening {
    case disturbance(Int)
    /// A replica looks after its leases and its inbox.
    case tend(replica: Int, life: Int)
    /// A replica fetches the source.
    case fetch(replica: Int, life: Int)
    case wake(replica: Int, life: Int, tenant: Int, alarm: Int)
    /// The next step of a run.
    case step(replica: Int, life: Int, tenant: Int, run: String)
    /// A replica looks at the requests, and answers on them.
    case look(replica: Int, life: Int)
    case answer(replica: Int, life: Int)
    case revive(replica: Int)
    /// A replica looks at the mail of its tenants.
    case mail(replica: Int, life: Int)
    /// A replica looks at what could be offered, and takes the next step of one offer.
    case lookAtOffers(replica: Int, life: Int)
    case offerStep(replica: Int, life: Int, key: String)
    case watchEnds(tenant: Int, tree: String)
}

/// Happenings in the order of their time, and of their coming where that is equal.
struct Happenings {
    private struct Entry {
        var at: Date
        var number: Int
        var happening: Happening

        static func < (left: Entry, right: Entry) -> Bool { (left.at, left.number) < (right.at, right.number) }
    }

    private var heap: [Entry] = []
    private var count = 0

    mutating func add(_ happening: Happening, at time: Date) {
        count += 1
        heap.append(Entry(at: time, number: count, happening: happening))
        var child = heap.count - 1
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func next() -> (at: Date, happening: Happening)? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            var parent = 0
            while true {
                let left = 2 * parent + 1
                guard left < heap.count else { break }
                let right = left + 1
                let least = right < heap.count && heap[right] < heap[left] ? right : left
                guard heap[least] < heap[parent] else { break }
                heap.swapAt(least, parent)
                parent = least
            }
        }
        return (first.at, first.happening)
    }
}
