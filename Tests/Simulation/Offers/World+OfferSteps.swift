import Definitions
import Forges
import Foundation
import PullRequests
import Reports

/// Does what was decided about an offer, a step at a time, as the controller's desk for offers does.
extension World {
    // MARK: What was found

    func attempt(_ given: OfferWork, _ open: [PullRequest], _ replica: Int) {
        var work = given
        if let rest = replicas[replica].rests[work.key], rest.until > laneNow(replica) { return }
        do throws(PretendForge.Trouble) {
            if let farewell = work.record.farewell {
                switch work.record.farewell(try state(of: farewell.number)) {
                case .wait: break
                case .say where flaws.contains(.closesWithoutWord): work.record.didClose()
                case .say(let farewell):
                    work.phase = .farewell(farewell)
                    return goOn(work, replica)
                case .forget: work.record.didClose()
                }
            }
            work.request = try request(of: work.record.memory, open)
        } catch {
            return rest(work, replica, "\(error)")
        }
        if flaws.contains(.forgetsDeclined) { work.record.memory.asked() }
        var trial = work.record.memory
        let head = work.request.flatMap { $0.state == .open ? $0.head.commit : nil }
        guard case .leave(let reason) = trial.decide(facts(work, tip: head), work.wish.policy, at: laneNow(replica))
        else { return goOn(work, replica) }
        work.record.memory = trial
        guard save(work) else { return rest(work, replica, "not stored") }
        replicas[replica].rests[work.key] = nil
        if case .upToDate(let number) = reason, case .offer(let offer, _) = work.wish.wish,
            work.record.comment(of: offer, on: number) != nil
        {
            work.phase = .comment(offer, number: number)
            goOn(work, replica)
        }
    }

    private func facts(_ work: OfferWork, tip: CommitID?) -> OfferFacts {
        OfferFacts(wish: work.wish.wish, tip: tip, request: work.request, isFought: work.wish.isFought)
    }

    private func state(of number: Int) throws(PretendForge.Trouble) -> PullRequest.State? {
        do throws(PretendForge.Trouble) {
            return try forge.request(number, at: now).state
        } catch .missing {
            return nil
        }
    }

    /// Our request as the forge has it: the remembered one, or one that is open from our branch.
    private func request(of memory: OfferMemory, _ open: [PullRequest]) throws(PretendForge.Trouble) -> PullRequest? {
        if let number = memory.number {
            if let listed = open.first(where: { $0.number == number }) { return listed }
            do throws(PretendForge.Trouble) {
                return try forge.request(number, at: now)
            } catch {
                guard error == .missing else { throw error }
            }
        }
        return open.first { $0.head.branch == memory.branch && $0.head.origin == .same }
    }

    // MARK: Between two steps

    private func goOn(_ work: OfferWork, _ replica: Int) {
        replicas[replica].offers[work.key] = work
        let happening = Happening.offerStep(replica: replica, life: replicas[replica].life, key: work.key)
        happenings.add(happening, at: now + 0.1 + 3 * random.fraction())
    }

    private func end(_ work: OfferWork, _ replica: Int) {
        replicas[replica].offers[work.key] = nil
        replicas[replica].rests[work.key] = nil
    }

    /// Leaves an offer alone for a while.
    private func rest(_ work: OfferWork, _ replica: Int, _ why: String) {
        note("\(work.key) is left alone: \(why)")
        replicas[replica].offers[work.key] = nil
        let tries = (replicas[replica].rests[work.key]?.tries ?? 0) + 1
        let pause = min(60 * TimeInterval(1 << min(tries - 1, 10)), 3_600)
        replicas[replica].rests[work.key] = (tries, laneNow(replica) + pause)
    }

    private func save(_ work: OfferWork) -> Bool {
        guard store.isWritable(at: now) else { return false }
        store.offers[work.key] = work.record.isEmpty ? nil : work.record
        return true
    }

    // MARK: The steps

    func offerStep(_ replica: Int, _ key: String) {
        guard let work = replicas[replica].offers[key], !diesAtStep(replica) else { return }
        do throws(PretendForge.Trouble) {
            switch work.phase {
            case .decide: try decide(work, replica)
            case .push(let offer, let over, let number): try push(offer, over, number, work, replica)
            case .propose(let offer, let number): try propose(offer, number, work, replica)
            case .comment(let offer, let number): try comment(offer, on: number, work, replica)
            case .close(let number, let tip): try close(number, tip, work, replica)
            case .farewell(let farewell): try bid(farewell, work, replica)
            }
        } catch {
            rest(work, replica, "\(error)")
        }
    }

    private func decide(_ given: OfferWork, _ replica: Int) throws(PretendForge.Trouble) {
        var work = given
        if flaws.contains(.forgetsDeclined) { work.record.memory.asked() }
        let tip = try forge.tip(of: work.record.memory.branch, at: now).flatMap { CommitID($0) }
        let decision = work.record.memory.decide(facts(work, tip: tip), work.wish.policy, at: laneNow(replica))
        guard save(work) else { throw .unanswered }
        note("\(work.key): \(decision.outline)")
        switch decision {
        case .open(let offer, let over): work.phase = .push(offer, over: over, number: nil)
        case .update(let offer, let number, let over, let pushes):
            work.phase = pushes ? .push(offer, over: over, number: number) : .propose(offer, number: number)
        case .close(let number, let tip, _): work.phase = .close(number, tip: tip)
        case .leave: return end(work, replica)
        }
        goOn(work, replica)
    }

    private func push(
        _ offer: ChangeOffer,
        _ over: CommitID?,
        _ number: Int?,
        _ given: OfferWork,
        _ replica: Int
    ) throws(PretendForge.Trouble) {
        var work = given
        guard let head = compose(offer, work), let commit = CommitID(head.revision) else { return end(work, replica) }
        work.record.memory.willPush(commit, of: offer)
        guard save(work) else { throw .unanswered }
        if dies(replica, .beforeSending) { return }
        let former = forge.branches[offer.branch]
        defer { checker.pushed(offer, over: former, to: forge.branches[offer.branch]) }
        try forge.push(head, to: offer.branch, over: over?.hex, at: now)
        note("\(work.key) is pushed as \(head.revision)")
        if dies(replica, .afterSending) { return }
        work.phase = .propose(offer, number: number)
        goOn(work, replica)
    }

    /// The commit that a push would make; the same for the same change.
    private func compose(_ offer: ChangeOffer, _ work: OfferWork) -> PretendSource.Head? {
        guard case .offer(_, let since) = work.wish.wish else { return nil }
        var files = Dictionary(work.base.folders[work.tenant].files.map { ($0.path, $0.bytes) }) { first, _ in first }
        for file in offer.files { files[String(file.path.dropFirst(name(work.tenant).count + 1))] = file.content }
        let edited = files.sorted { $0.key < $1.key }.map { DefinitionFile(path: $0.key, bytes: $0.value) }
        let folder = PretendSource.Folder(files: edited, now: now)
        guard folder.tree != work.base.folders[work.tenant].tree else { return nil }
        var folders = work.base.folders
        folders[work.tenant] = folder
        let text = "\(work.base.revision) \(folder.tree) \(offer.commitMessage) \(since.timeIntervalSince1970)"
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return PretendSource.Head(
            revision: "f" + String(repeating: "0", count: 39 - digits.count) + digits,
            parent: work.base.revision,
            base: work.base.folders,
            folders: folders
        )
    }

    private func propose(
        _ offer: ChangeOffer,
        _ number: Int?,
        _ given: OfferWork,
        _ replica: Int
    ) throws(PretendForge.Trouble) {
        var work = given
        // A person may have closed it since the list was made, and a proposal would open another.
        if let number {
            guard try forge.request(number, at: now).state == .open else { return end(work, replica) }
        }
        if dies(replica, .beforeSending) { return }
        let opened = forge.requests.count
        let proposed: (number: Int, isNew: Bool)
        do throws(PretendForge.Trouble) {
            proposed = try forge.propose(offer, at: now)
        } catch {
            if forge.requests.count > opened { checker.opened(offer, work.key, isKnown: false, self) }
            throw error
        }
        if proposed.isNew { checker.opened(offer, work.key, isKnown: true, self) }
        note("\(work.key) is #\(proposed.number)")
        if dies(replica, .afterSending) { return }
        work.record.memory.did(offer, as: proposed.number, at: laneNow(replica))
        guard save(work) else { throw .unanswered }
        guard work.record.comment(of: offer, on: proposed.number) != nil else { return end(work, replica) }
        work.phase = .comment(offer, number: proposed.number)
        goOn(work, replica)
    }

    private func comment(
        _ offer: ChangeOffer,
        on number: Int,
        _ given: OfferWork,
        _ replica: Int
    ) throws(PretendForge.Trouble) {
        var work = given
        guard let (text, known) = work.record.comment(of: offer, on: number) else { return end(work, replica) }
        var over = known?.rawValue
        if over == nil {
            over = try ours("offer-evidence", on: number)
        } else {
            work.record.willWriteComment()
            guard save(work) else { throw .unanswered }
        }
        let id = try write(text, "offer-evidence", over: over, on: number)
        if dies(replica, .afterSending) { return }
        work.record.wrote(text, on: number, as: CommentID(rawValue: id))
        guard save(work) else { throw .unanswered }
        end(work, replica)
    }

    /// A comment of ours that is there; its answer may have been lost when it was written.
    private func ours(_ key: String, on number: Int) throws(PretendForge.Trouble) -> String? {
        try forge.comments(on: number, at: now).last { $0.key == key }?.id
    }

    private func write(
        _ text: String,
        _ key: String,
        over: String?,
        on number: Int
    ) throws(PretendForge.Trouble) -> String {
        let told = PretendForge.Text(text: text, at: now, shows: [:])
        defer { checker.written(key, forge.requests[number]) }
        do throws(PretendForge.Trouble) {
            return try forge.write(told, key: key, over: over, on: number, at: now)
        } catch {
            guard error == .missing, over != nil else { throw error }
            return try forge.write(told, key: key, over: nil, on: number, at: now)
        }
    }

    private func close(
        _ number: Int,
        _ tip: CommitID?,
        _ given: OfferWork,
        _ replica: Int
    ) throws(PretendForge.Trouble) {
        var work = given
        work.record.willClose(number, tip: tip)
        guard save(work) else { throw .unanswered }
        if dies(replica, .beforeSending) { return }
        try forge.close(number, at: now)
        note("#\(number) is closed by us")
        if dies(replica, .afterSending) { return }
        work.phase = .farewell(OfferRecord.Farewell(number: number, tip: tip))
        goOn(work, replica)
    }

    private func bid(
        _ farewell: OfferRecord.Farewell,
        _ given: OfferWork,
        _ replica: Int
    ) throws(PretendForge.Trouble) {
        var work = given
        if try ours("offer-end", on: farewell.number) == nil {
            _ = try write("closed", "offer-end", over: nil, on: farewell.number)
        }
        if dies(replica, .afterSending) { return }
        if let tip = farewell.tip {
            let branch = work.record.memory.branch
            let former = forge.branches[branch]
            do throws(PretendForge.Trouble) {
                try forge.remove(branch, at: tip, at: now)
            } catch {
                guard error == .refused else { throw error }
            }
            checker.removed(branch, former, isThere: forge.branches[branch] != nil)
        }
        work.record.didClose()
        guard save(work) else { throw .unanswered }
        end(work, replica)
    }
}

extension OfferDecision {
    var outline: String {
        switch self {
        case .open: "open"
        case .update(_, let number, _, let pushes): "update #\(number)\(pushes ? " with a commit" : "")"
        case .close(let number, _, _): "close #\(number)"
        case .leave(let rest): "leave \(rest)"
        }
    }
}
