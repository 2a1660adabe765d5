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
                    \(source.name): requests are opened for \(kinds.joined(separator: ", ")). The server accepts our pushes; commits \
                    are by \(identity.name) <\(identity.email)>, \(signed).
                    """
            )
        } catch {
            let trouble = OfferDesk.trouble(error)
            return DoctorCheck(
                name: "forge-offers",
                outcome: .fail,
                message: "\(source.name): Mitregate cannot open requests of its own: \(trouble.message)",
                remedy: trouble.remedy
            )
        }
    }
}
