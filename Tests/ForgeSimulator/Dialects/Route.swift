import JSON

/// A call's place below its repository: the shape of the path, and the one part of it that varies.
struct Route {
    /// Such as `GET pulls/*/reviews`.
    let key: String
    /// What stands at the `*`; empty where there is none.
    let variable: String

    var number: Int { Int(variable) ?? 0 }

    init(_ method: String, _ rest: ArraySlice<String>) {
        let parts = Array(rest)
        let place = parts.starts(with: ["issues", "comments"]) ? 2 : 1
        var shape = parts
        variable = parts.count > place ? parts[place] : ""
        if parts.count > place { shape[place] = "*" }
        key = "\(method) \(shape.joined(separator: "/"))"
    }
}

/// A part of a listing, and the headers that say where the rest is.
struct ListedPage<Element> {
    var elements: [Element]
    var next: Int?
    var last: Int

    init(_ all: [Element], page: Int, size: Int) {
        last = max((all.count + size - 1) / size, 1)
        elements = Array(all.dropFirst((page - 1) * size).prefix(size))
        next = page < last ? page + 1 : nil
    }
}
