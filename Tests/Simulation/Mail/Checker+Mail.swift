import Connectors
import Foundation
import MailWatch
import Planning

/// Nothing is taken back without F, B, W and S: looked at from outside, by what became of each message.
extension Checker {
    mutating func takesBack(_ takeBack: TakeBack, _ earlier: Journal, _ tenant: Int, _ world: World) {
        let what = "\(takeBack.run) takes back \(takeBack.earlier) in t\(tenant)"
        let watch = world.store.rows[tenant].watches.first { $0.id == takeBack.watch }
        guard let watch, watch.state == .takingBack, watch.takeBackRun == takeBack.run else {
            return report("\(what), which no stored watch says")
        }
        let response = world.response(tenant)
        if response == .hold { report("\(what), and the operator's file says to hold") }
        for object in takeBack.objects where object.key.kind == .outboundConnector {
            let steps = earlier.steps.filter { $0.write.kind == object.key.kind && $0.write.name == object.key.name }
            guard let first = steps.first, let last = steps.last else {
                report("\(what), which did not write \(object.key)")
                continue
            }
            let after = last.write.action == .delete ? nil : last.after?.settings
            let domains = Set(
                PretendMail.domains(of: first.before?.settings) + PretendMail.domains(of: after)
            )
            let mail = world.mails[tenant].blame(
                domains,
                since: watch.appliedAt,
                until: world.now,
                under: first.before?.settings
            )
            if mail.own < 2 {
                report("\(what): of \(mail.all) messages that failed the state before would have delivered \(mail.own)")
            }
            let isWeaker = PretendMail.rank(of: first.before?.settings) < PretendMail.rank(of: after)
            if isWeaker && response != .rollBackEvenIfWeaker { report("\(what) into weaker security") }
        }
    }

    /// A watch over mail of a canary that goes on, and is of the run that brought a commit there, or of one before it.
    ///
    /// What a later run corrected says nothing about the commit.
    func watch(over commit: PretendSource.Commit, in canary: Int, _ world: World) -> Watch? {
        let row = world.store.rows[canary]
        let isOther = { (revision: String) in
            world.source.index(of: revision).map { world.source.commits[$0].folders[canary].tree }
                != commit.folders[canary].tree
        }
        let before = row.history.lastIndex { isOther($0.revision) }
        guard let first = row.history.dropFirst(before.map { $0 + 1 } ?? 0).first else { return nil }
        return row.watches.first { $0.state.isReading && $0.run <= first.run }
    }

    /// No watch goes on for ever, and none waits for a run that does not come.
    mutating func restWatches(_ world: World) {
        for tenant in world.tenants.indices {
            for watch in world.store.rows[tenant].watches where !watch.state.isEnded {
                let end = watch.state == .takingBack ? watch.since : watch.end
                if world.now.timeIntervalSince(end) > 3_600 {
                    report("\(watch.id) in t\(tenant) is still \(watch.state.rawValue)")
                }
            }
        }
    }
}
