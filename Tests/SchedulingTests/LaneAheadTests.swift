import Connectors
import FoundationEssentials
import Planning
import Scheduling
import Testing

/// A tenant that runs ahead of git: said while the merge is awaited, and an alarm when none is to be expected.
@Suite struct LaneAheadTests {
    private func standing(_ request: AheadStanding.Request, by: String = "alice") -> AheadStanding {
        AheadStanding(
            AheadRun(
                tenant: "contoso",
                run: "01AHEAD",
                source: "mail-flow",
                request: 7,
                page: "https://git.example/7",
                head: "f00",
                base: "f01",
                by: by,
                at: start
            ),
            [ConnectorKey(kind: .inboundConnector, name: "fabrikam")],
            request: request
        )
    }

    private func told(_ driver: inout LaneDriver, _ ahead: [AheadStanding]?) -> [EventDraft] {
        let before = driver.events.count
        driver.tell(.asked(id: "r\(before)\(driver.begun.count)", .request))
        driver.end { $0.ahead = ahead }
        return driver.events.dropFirst(before).filter {
            [.aheadOfGit, .appliedBeforeMerge].contains($0.condition)
        }
    }

    private func ready(_ driver: LaneDriver) -> String {
        let ready = driver.lane.conditions.first { $0.type == .ready }
        return "\(ready?.status.rawValue ?? "") \(ready?.reason ?? "")"
    }

    @Test func `while the merge is awaited it is said, and is no alarm`() {
        var driver = LaneDriver()
        let events = told(&driver, [standing(.open)])
        #expect(events.map(\.condition) == [.appliedBeforeMerge])
        #expect(events.first?.severity == .info && events.first?.transition == .raised)
        #expect(events.first?.message.contains("request 7 of mail-flow") == true)
        #expect(ready(driver) == "False AppliedBeforeMerge")
    }

    @Test(arguments: [AheadStanding.Request.closed, .merged, .mergeLost, .unknown])
    func `where no merge is to be expected it is an alarm that says what to type`(request: AheadStanding.Request) {
        var driver = LaneDriver()
        _ = told(&driver, [standing(.open)])
        let events = told(&driver, [standing(request)])
        let alarm = events.first { $0.condition == .aheadOfGit }
        #expect(alarm?.severity == .high && alarm?.transition == .raised && alarm?.run == "01AHEAD")
        #expect(alarm?.message.contains("mitregate rollback 01AHEAD") == true, "\(alarm?.message ?? "")")
        #expect(alarm?.message.contains("reopen the request and merge it") == true)
        #expect(events.contains { $0.condition == .appliedBeforeMerge && $0.transition == .cleared })
        #expect(ready(driver) == "False NotMerged")
    }

    @Test func `a merge that the branch has lost is named as such`() {
        var driver = LaneDriver()
        let alarm = told(&driver, [standing(.mergeLost)]).first
        #expect(alarm?.message.contains("the branch does not have the commit that it was merged as") == true)
    }

    @Test func `it is over once nothing is ahead, and a round that does not know changes nothing`() {
        var driver = LaneDriver()
        _ = told(&driver, [standing(.closed)])
        #expect(told(&driver, nil).isEmpty)
        #expect(driver.lane.conditions.contains { $0.type == .aheadOfGit })
        let events = told(&driver, [])
        #expect(events.map(\.transition) == [.cleared])
        #expect(!driver.lane.conditions.contains { $0.type == .aheadOfGit })
        #expect(ready(driver) == "True Succeeded")
    }

    @Test func `a name on the forge tells nothing more than itself`() {
        var driver = LaneDriver()
        let events = told(&driver, [standing(.closed, by: "a\u{1B}[2J\n\(String(repeating: "x", count: 5_000))")])
        let message = events.first?.message ?? ""
        #expect(!message.contains("\u{1B}") && !message.contains("\n") && message.utf8.count < 2_000)
    }
}
