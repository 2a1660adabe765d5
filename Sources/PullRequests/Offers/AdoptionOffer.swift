package import Connectors
package import Definitions
package import FoundationEssentials
package import Planning
package import Reports
import YAML

/// From connectors that no definition claims to the files that make them managed as they are.
package struct AdoptionOffer: Sendable {
    package var place: OfferPlace
    /// Everything that the tenant has.
    package var observed: ObservedTenant
    /// What a plan of now calls unmanaged, with what it puts at risk.
    package var unmanaged: [UnmanagedConnector]
    /// The tenant's folder at ``OfferPlace/base``.
    package var files: [DefinitionFile]
    /// The folder of the JSON Schemas from the new files, for editors.
    package var schemas: String?
    package var scope: DefinitionScope
    package var now: Date

    package init(
        place: OfferPlace,
        observed: ObservedTenant,
        unmanaged: [UnmanagedConnector],
        files: [DefinitionFile],
        schemas: String? = nil,
        scope: DefinitionScope = DefinitionScope(),
        now: Date
    ) {
        self.place = place
        self.observed = observed
        self.unmanaged = unmanaged
        self.files = files
        self.schemas = schemas
        self.scope = scope
        self.now = now
    }

    package func draft() -> OfferDraft<AdoptionOfferText.Left> {
        let known = DefinitionReader.read(files, now: now, scope: scope)
        if let error = known.diagnostics.first(where: { $0.severity == .error }) {
            let reason = "The definitions have an error: \(error.reason). \(error.remedy)"
            return OfferDraft(offer: nil, left: unmanaged.map { leaving($0.kind, $0.displayName, reason) })
        }
        let objects = observed.connectors.filter { object in
            unmanaged.contains { $0.kind == object.kind && $0.displayName == object.displayName }
        }
        var left: [AdoptionOfferText.Left] = []
        var entries: [AdoptionOfferText.Entry] = []
        var added: [DefinitionFile] = []
        var paths = Set(files.map(\.path))
        let taken = Set(known.desired.connectors.map(\.key))
        for file in DefinitionWriter.files(for: objects, schemas: schemas, taken: taken) {
            guard file.isDefinition else {
                left.append(leaving(file.key.kind, file.displayName, file.text.uncommented))
                continue
            }
            let path = Self.free(file.name, among: &paths)
            let new = DefinitionFile(path: path, bytes: Array(file.text.utf8))
            let whole = DefinitionReader.read(files + added + [new], now: now, scope: scope)
            if let error = whole.diagnostics.first(where: { $0.severity == .error }) {
                paths.remove(path)
                left.append(leaving(file.key.kind, file.displayName, "\(error.reason). \(error.remedy)"))
                continue
            }
            added.append(new)
            let risks = unmanaged.first { $0.kind == file.key.kind && $0.displayName == file.displayName }?.risks ?? []
            entries.append(
                AdoptionOfferText.Entry(
                    key: file.key,
                    displayName: file.displayName,
                    path: place.path(path),
                    risks: risks
                )
            )
        }
        guard !entries.isEmpty else { return OfferDraft(offer: nil, left: left) }
        let text = AdoptionOfferText(
            instance: place.instance,
            tenant: place.tenant,
            branch: ChangeOffer.branch(.adoption, of: place.tenant),
            entries: entries,
            left: left,
            visibility: place.visibility
        ).text(limits: place.limits)
        // What it is about is which connectors there are, and not how they are set today.
        let parts = entries.map { OfferDigest.of([$0.key.kind.rawValue, $0.displayName]) }
        let files = added.map { ChangeOffer.File(path: place.path($0.path), content: $0.bytes) }
        return OfferDraft(offer: place.offer(.adoption, text, files: files, parts: parts), left: left)
    }

    private func leaving(_ kind: ConnectorKind, _ displayName: String, _ reason: String) -> AdoptionOfferText.Left {
        AdoptionOfferText.Left(kind: kind, displayName: displayName, reason: reason)
    }

    /// A path that no file has yet.
    private static func free(_ name: String, among paths: inout Set<String>) -> String {
        let stem = name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name
        var path = name
        var number = 2
        while !paths.insert(path).inserted {
            path = "\(stem)-\(number).yaml"
            number += 1
        }
        return path
    }
}

extension String {
    /// What a file says that is only a comment, without the object that it shows.
    fileprivate var uncommented: String {
        split(separator: "\n").filter { !$0.hasPrefix("#   ") }
            .map { $0.drop { $0 == "#" || $0 == " " } }.joined(separator: " ")
    }
}
