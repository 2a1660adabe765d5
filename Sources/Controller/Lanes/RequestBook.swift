import FoundationEssentials
import Scheduling
import Site
import Synchronization

/// The requests of this process, and what came of each; the oldest that are done make room for new ones.
final class RequestBook: Sendable {
    /// How many are remembered.
    static let limit = 10_000

    private struct Book {
        var views: [String: RequestView] = [:]
        var order: [String] = []
    }

    private let book = Mutex(Book())

    subscript(id: String) -> RequestView? { book.withLock { $0.views[id] } }

    /// - Returns: Whether there was room.
    func add(_ view: RequestView) -> Bool {
        book.withLock { book in
            if book.order.count >= Self.limit {
                guard let index = book.order.firstIndex(where: { book.views[$0]?.state == .done }) else { return false }
                book.views[book.order.remove(at: index)] = nil
            }
            book.views[view.id] = view
            book.order.append(view.id)
            return true
        }
    }

    /// Whose token the first of these requests came with.
    func caller(of ids: [String]) -> String? {
        for id in ids {
            if let view = self[id] { return view.by }
        }
        return nil
    }

    func begin(_ ids: [String]) { for id in ids { change(id) { $0.state = .running } } }

    func end(_ answer: RequestAnswer) {
        change(answer.request) { view in
            view.state = .done
            view.run = answer.run
            view.exitCode = answer.exitCode
            view.message = answer.message.isEmpty ? answer.result.rawValue : answer.message
        }
    }

    func end(_ id: String, run: String?, exitCode: Int32, message: String) {
        change(id) { view in
            view.state = .done
            view.run = run
            view.exitCode = exitCode
            view.message = message
        }
    }

    /// Ends those of a tenant that was removed, once its lane is over.
    func endAll(of tenant: String) {
        let left = book.withLock { book in
            book.views.values.filter { $0.tenant == tenant && $0.state != .done }.map(\.id)
        }
        for id in left { end(id, run: nil, exitCode: 1, message: "\(tenant) was removed from the configuration.") }
    }

    private func change(_ id: String, _ body: (inout RequestView) -> Void) {
        book.withLock { book in
            guard var view = book.views[id] else { return }
            body(&view)
            book.views[id] = view
        }
    }
}
