import Connectors
import FoundationEssentials
import Probing
package import Reports
import TLSGate

extension Gatekeeper {
    /// Whether this machine can do the gate's work: DNS with DNSSEC, a name that servers take, and connections to port 25.
    ///
    /// - Parameter organizations: Domains whose mail Exchange Online takes: its servers answer whoever may connect at all.
    package func doctor(organizations: [String]) async -> [DoctorCheck] {
        let equipment: GateEquipment
        do throws(RunStop) {
            equipment = try ready()
        } catch {
            return [DoctorCheck(name: "gate", outcome: .fail, message: error.message, remedy: error.remedy)]
        }
        let dns = await dnsCheck(equipment)
        let checks = [dns] + nameCheck(equipment.prober.settings.ehloName)
        guard dns.outcome == .ok || dns.outcome == .warn, let domain = organizations.first else { return checks }
        return checks + [await portCheck(equipment, domain)]
    }

    /// Without `gate.ehloName` the machine's own name is given, which may be a bare word.
    private func nameCheck(_ name: String) -> [DoctorCheck] {
        guard name.split(separator: ".").count < 2 else { return [] }
        return [
            DoctorCheck(
                name: "ehlo-name",
                outcome: .warn,
                message: """
                    The gate greets partners' servers as "\(name.escapingControls)", which is not a full host name. Some servers \
                    turn such a name away, and then the partner cannot be judged.
                    """,
                remedy: "Set gate.ehloName to a full name that leads to this machine's address, as in gate.contoso.com."
            )
        ]
    }

    private func dnsCheck(_ equipment: GateEquipment) async -> DoctorCheck {
        let resolver = equipment.resolver
        let test = await resolver.selfTest()
        if test.failure != nil, await !resolver.isAnswering() {
            let who = resolver.name == "system" ? "The system's DNS resolver" : "The resolver \(resolver.name)"
            return DoctorCheck(
                name: "dns",
                outcome: .fail,
                message: "\(who) does not answer. No partner can be judged.",
                remedy: "Let gate.resolver name a server that answers."
            )
        }
        switch test.status {
        case .secure:
            return DoctorCheck(
                name: "dns",
                outcome: .ok,
                message: "DNS answers, and its signatures can be checked (DNSSEC)."
            )
        default:
            let reason = test.failure.map { ": \($0)" } ?? ""
            return DoctorCheck(
                name: "dns",
                outcome: .warn,
                message:
                    "DNS signatures cannot be checked here\(reason). DANE records of partners are not judged then.",
                remedy:
                    "Let gate.resolver name servers that pass DNSSEC records on, and see that dns-root-data is installed."
            )
        }
    }

    private func portCheck(_ equipment: GateEquipment, _ domain: String) async -> DoctorCheck {
        let request = ObservationRequest(
            nextHop: .mx(domain: domain),
            port: policy.port,
            wantsDANE: false,
            wantsMTASTS: false
        )
        let seen = try? await equipment.observer.observe(request)
        let probes = seen?.hosts.flatMap(\.probes).filter { $0.notProbed == nil } ?? []
        if probes.contains(where: { $0.phase(.connect)?.outcome == .completed }) {
            return DoctorCheck(
                name: "port-25",
                outcome: .ok,
                message: "Connections to port \(policy.port) leave this network."
            )
        }
        let message =
            probes.isEmpty
            ? "Whether connections to port \(policy.port) leave this network could not be found out: no mail server of \(domain) was found."
            : "No mail server of \(domain) answers on port \(policy.port): this network seems to let no mail connections out."
        return DoctorCheck(
            name: "port-25",
            outcome: probes.isEmpty ? .unknown : .fail,
            message: message,
            remedy:
                "Ask for outgoing connections to port \(policy.port), or run Mitregate where they are allowed; plan --no-gate works without."
        )
    }
}
