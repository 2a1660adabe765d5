import Testing

@testable import Controller

struct WaitersTests {
    @Test func `a wake that comes before the sleep is not lost`() async {
        let waiters = Waiters()
        waiters.wake("siem")
        await waiters.wait(for: "siem")
    }

    @Test func `a cancelled sleep ends`() async {
        let waiters = Waiters()
        let task = Task { await waiters.wait(for: "siem") }
        task.cancel()
        await task.value
    }
}
