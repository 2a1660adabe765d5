import Testing
import Transfers

struct RequestQueueTests {
    @Test func `shares take turns, whoever came first`() {
        var queue = RequestQueue(limit: 1)
        for id in 1...4 { queue.append(id, host: "h", share: "a") }
        queue.append(5, host: "h", share: "b")
        queue.append(6, host: "h", share: "c")
        queue.append(7, host: "h", share: "b")
        var order: [Int] = []
        while let id = queue.next(host: "h") {
            order.append(id)
            queue.finish(host: "h")
        }
        #expect(order == [1, 5, 6, 2, 7, 3, 4])
    }

    @Test func `a host's limit leaves other hosts alone`() {
        var queue = RequestQueue(limit: 2)
        for id in 1...3 { queue.append(id, host: "one", share: "") }
        queue.append(4, host: "two", share: "")
        #expect([queue.next(host: "one"), queue.next(host: "one"), queue.next(host: "one")] == [1, 2, nil])
        #expect(queue.next(host: "two") == 4)
        queue.finish(host: "one")
        #expect(queue.next(host: "one") == 3)
        #expect(queue.running(host: "one") == 2)
    }

    @Test func `a request that is taken out is not started, and its share loses its turn`() {
        var queue = RequestQueue(limit: 1)
        queue.append(1, host: "h", share: "a")
        queue.append(2, host: "h", share: "b")
        queue.append(3, host: "h", share: "c")
        queue.remove(2, host: "h", share: "b")
        #expect(queue.next(host: "h") == 1)
        queue.finish(host: "h")
        #expect(queue.next(host: "h") == 3)
        queue.finish(host: "h")
        #expect(queue.running(host: "h") == 0)
    }
}
