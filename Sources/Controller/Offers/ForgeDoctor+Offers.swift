import Configuration
import GitRepositories
import Reconciling
import Reports

extension ForgeDoctor {
    /// Whether commits of our own can be signed, and pushed to the source.
    func offers(_ source: Source, _ settings: SourceForge) async -> DoctorCheck {
        let identity = settings.identity
        do {
            let key = try identity.signingKey.map { SigningKey(try $0.resolve()) }
            if let key { try await key.check() }
            let snapshot = try await SourceReader(environment).snapshot(of: source)
            let mirror = try SourceReader.branches(of: source, at: snapshot, environment)
            _ = try await mirror.tips(of: [], by: SourceReader.child(environment))
            let kinds = [
                settings.offers.drift == .pullRequest ? "drift" : nil,
                settings.offers.rollback == .pullRequest ? "rollbacks" : nil,
                settings.offers.unmanaged == .pullRequest ? "unmanaged connectors" : nil,
            ].compactMap(\.self)
            let signed = key == nil ? "not signed" : "signed"
            return DoctorCheck(
                name: "forge-offers",
                outcome: .ok,
                message: """
                    \(source.name): requests are offered for \(kinds.joined(separator: ", ")). The server takes our pushes; commits \
                    are \(identity.name)'s <\(identity.email)>, and \(signed).
                    """
            )
        } catch {
            let trouble = OfferDesk.trouble(error)
            return DoctorCheck(
                name: "forge-offers",
                outcome: .fail,
                message: "\(source.name): no request of our own can be offered: \(trouble.message)",
                remedy: trouble.remedy
            )
        }
    }
}
