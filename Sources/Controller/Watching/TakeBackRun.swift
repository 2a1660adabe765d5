import Configuration
import MailWatch
import Planning
import Reconciling
import Reports
import StateStore

/// Takes back what a decided watch says, by an ordinary run under the id that was stored for it.
struct TakeBackRun: Sendable {
    private let takeBack: TakeBack
    private let environment: RunEnvironment

    init(_ takeBack: TakeBack, _ environment: RunEnvironment) {
        self.takeBack = takeBack
        self.environment = environment
    }

    func perform(_ managed: ManagedTenant) async -> TakeBackEnd {
        do {
            // After a restart the run may be there already: it is followed to its end, and not begun twice.
            if let run = try? await environment.store.run(matching: takeBack.run), let result = run.record.result {
                return .ended(result)
            }
            let rollback = try await RollbackRun.find(
                takeBack.earlier,
                environment,
                consent: RollbackRun.Consent(acceptsWeaker: takeBack.mayWeaken),
                objects: Set(takeBack.objects.map(\.key)),
                id: takeBack.run,
                reason: takeBack.reason
            )
            let document = await rollback.perform()
            guard let tenant = document.tenants.first else { return .refused("It came to nothing.") }
            if let result = tenant.result, result != .unchanged { return .ended(result) }
            return .refused(tenant.error?.message ?? tenant.message)
        } catch let stop as RunStop {
            return .refused(stop.message)
        } catch let error as StateStoreError {
            return .refused(error.message)
        } catch {
            return .refused("\(error)")
        }
    }
}
