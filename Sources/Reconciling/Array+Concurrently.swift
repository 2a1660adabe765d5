extension Array where Element: Sendable {
    /// Transforms every element, `window` of them at once, and keeps their order.
    package func concurrently<Result: Sendable>(
        window: Int,
        _ transform: @escaping @Sendable (Element) async -> Result
    ) async -> [Result] {
        await withTaskGroup(of: (Int, Result).self) { group in
            var results = [Result?](repeating: nil, count: count)
            var next = 0
            func add() {
                guard next < count else { return }
                let (index, element) = (next, self[next])
                next += 1
                group.addTask { (index, await transform(element)) }
            }
            for _ in 0..<Swift.min(window, count) { add() }
            while let (index, result) = await group.next() {
                results[index] = result
                add()
            }
            return results.compactMap { $0 }
        }
    }
}
