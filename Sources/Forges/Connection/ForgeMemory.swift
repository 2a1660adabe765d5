import FoundationEssentials
import Synchronization

/// What a forge told and need not tell again: listings by their entity tags, and who we are.
final class ForgeMemory: Sendable {
    /// One page of a listing.
    struct Page: Sendable {
        var tag: String
        var requests: [PullRequest]
        /// Of all that it listed, also of what is not a request to us.
        var count: Int
        var next: String?
    }

    private struct State {
        var pages: [String: Page] = [:]
        /// URLs, the one that was kept last at the end.
        var order: [String] = []
        var ourselves: (person: Person, until: Date)?
    }

    /// Of one source; a page holds at most a hundred requests.
    static let maximumPages = 32
    /// How long it is believed who we are, an hour; a time further ahead comes of a clock that was set back.
    static let age: TimeInterval = 3_600

    private let state = Mutex(State())

    func page(at url: String) -> Page? { state.withLock { $0.pages[url] } }

    /// Keeps a page, and forgets the one that was kept longest ago where there are too many.
    func keep(_ page: Page, at url: String) {
        state.withLock { state in
            state.order.removeAll { $0 == url }
            state.order.append(url)
            state.pages[url] = page
            while state.order.count > Self.maximumPages { state.pages[state.order.removeFirst()] = nil }
        }
    }

    func forgetPage(at url: String) {
        state.withLock { state in
            state.order.removeAll { $0 == url }
            state.pages[url] = nil
        }
    }

    var pageCount: Int { state.withLock { $0.pages.count } }

    func ourselves(at now: Date) -> Person? {
        state.withLock { state in
            guard let known = state.ourselves, now < known.until,
                known.until <= now.addingTimeInterval(Self.age)
            else { return nil }
            return known.person
        }
    }

    /// A token may be replaced by another account's.
    func keep(ourselves person: Person, at now: Date) {
        state.withLock { $0.ourselves = (person, now.addingTimeInterval(Self.age)) }
    }
}
