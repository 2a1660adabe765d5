import Connectors

/// The order in which changes can be written: what is needed before what needs it, and what is freed before it is taken.
///
/// Connectors are there before the rules that lead to them, and go after them; creates come before deletes; a name is
/// given up before another object takes it. Rules are written from the first place in their order to the last, as each
/// pushes the later ones down.
struct ChangeOrder {
    private(set) var ordered: [PlannedChange] = []
    /// Changes that wait for each other, such as two objects that swap their names.
    private(set) var entangled: [PlannedChange] = []

    init(_ changes: [PlannedChange]) {
        let ranked = changes.sorted { one, other in
            let ranks = (Self.rank(one), Self.rank(other))
            if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
            let places = (Self.place(one), Self.place(other))
            return places.0 != places.1 ? places.0 < places.1 : one.change.key < other.change.key
        }
        var waits = Self.prerequisites(ranked)
        var isDone = [Bool](repeating: false, count: ranked.count)
        while let next = ranked.indices.first(where: { !isDone[$0] && waits[$0].isEmpty }) {
            isDone[next] = true
            ordered.append(ranked[next])
            for index in waits.indices { waits[index].remove(next) }
        }
        entangled = ranked.indices.filter { !isDone[$0] }.map { ranked[$0] }
        ordered += entangled
    }

    private static func rank(_ change: PlannedChange) -> Int {
        switch (change.change.action, change.change.kind) {
        case (.create, .transportRule), (.update, .transportRule): 2
        case (.create, _): 0
        case (.update, _): 1
        case (.delete, .transportRule): 3
        case (.delete, _): 4
        }
    }

    private static func place(_ change: PlannedChange) -> Int {
        guard case .integer(let place)? = change.after?["priority"] else { return .max }
        return place
    }

    /// For each change, the places of those that must come before it.
    private static func prerequisites(_ changes: [PlannedChange]) -> [Set<Int>] {
        var waits = [Set<Int>](repeating: [], count: changes.count)
        var holders: [ObjectName: Int] = [:]
        var targets: [String: [Int]] = [:]
        for (index, change) in changes.enumerated() {
            if let former = change.formerName, change.name != former { holders[former] = index }
            if change.change.kind == .outboundConnector, let name = change.name {
                targets[name.name, default: []].append(index)
            }
        }
        for (index, change) in changes.enumerated() {
            if let name = change.name, name != change.formerName, let holder = holders[name], holder != index {
                waits[index].insert(holder)
            }
            guard change.change.kind == .transportRule else { continue }
            let then = change.object?.normal.word("routeMessageOutboundConnector")
            let now = change.after?.word("routeMessageOutboundConnector")
            if let now { waits[index].formUnion(targets[now] ?? []) }
            guard let then, then != now else { continue }
            for (other, connector) in changes.enumerated()
            where connector.endsReferences && connector.formerName?.name == then && connector.name?.name != now {
                waits[other].insert(index)
            }
        }
        return waits
    }
}
