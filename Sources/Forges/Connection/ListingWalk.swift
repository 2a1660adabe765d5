import JSON

/// The way through a listing, page after page as the forge's `Link` says.
///
/// A page can be larger than is read, as strangers may write as much as the forge takes. Then its elements are asked for
/// in smaller pages, and one that is too large by itself is passed over: it hides nothing but itself.
struct ListingWalk {
    /// Pages of fewer elements than usual; more of one listing are not asked for.
    static let maximumSmallPages = 60
    private static let smallSizes = [5, 1]

    /// What to ask for next; `nil` where the way ends.
    private(set) var url: String?
    /// Whether everything was read, up to where the way ended.
    private(set) var isWhole = true

    private let request: ForgeRequest
    private let address: ForgeAddress
    /// The member of the query that says how many elements a page has.
    private let name: String?
    /// Elements of a page, the usual number first.
    private let sizes: [Int]
    private var level = 0
    /// Elements that are behind us; never more than there are, so that a page may come twice but none is left out.
    private var offset = 0
    private var pagesLeft: Int
    private var smallPagesLeft = Self.maximumSmallPages

    init(_ request: ForgeRequest, sizedBy name: String?, at address: ForgeAddress, _ rules: ForgeRules) {
        self.request = request
        self.address = address
        self.name = name
        let size = request.query.first { $0.name == name }.flatMap { Int($0.value) }
        sizes = size.map { size in [size] + Self.smallSizes.filter { $0 < size } } ?? []
        pagesLeft = max(rules.maximumPages, 1) - 1
        url = address.url(request.path, query: request.query)
    }

    /// Goes on after a page that was read.
    mutating func advance(past count: Int, next: String?) {
        guard let next else {
            url = nil
            return
        }
        offset += max(count, 1)
        let larger = level(at: offset)
        if larger < level {
            level = larger
            take(sizedURL)
        } else {
            take(next)
        }
    }

    /// Goes on after a page that is too large to be read.
    ///
    /// - Throws: Any other error.
    mutating func shrink(after error: ForgeError) throws(ForgeError) {
        guard error.isTooLarge, sizes.count > 1 else { throw error }
        if level + 1 < sizes.count {
            level += 1
            offset -= offset % sizes[level]
        } else {
            isWhole = false
            offset += 1
            level = level(at: offset)
        }
        take(sizedURL)
    }

    /// The largest pages of which one begins there.
    private func level(at offset: Int) -> Int {
        sizes.firstIndex { offset.isMultiple(of: $0) } ?? max(sizes.count - 1, 0)
    }

    private var sizedURL: String {
        let size = sizes[level]
        var query = request.query.filter { $0.name != name }
        query += [(name: name ?? "", value: "\(size)"), (name: "page", value: "\(offset / size + 1)")]
        return address.url(request.path, query: query)
    }

    private mutating func take(_ next: String) {
        let left = level == 0 ? pagesLeft : smallPagesLeft
        guard left > 0 else {
            isWhole = false
            url = nil
            return
        }
        if level == 0 { pagesLeft -= 1 } else { smallPagesLeft -= 1 }
        url = next
    }
}
