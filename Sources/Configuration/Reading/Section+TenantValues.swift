import Connectors
import YAML

extension Section {
    /// The `labels` of a tenant, by which commands select it.
    func labels() -> [String: String] {
        guard let section = optionalSection("labels") else { return [:] }
        var labels: [String: String] = [:]
        for (key, setting) in section.entries() {
            guard TenantLabel.isKey(key) else {
                context.add(
                    "config-label",
                    at: section.place(of: key),
                    "\(key.quoted) cannot be the name of a label: it is used on the command line.",
                    remedy:
                        "Use at most \(TenantLabel.maximumLength) letters, digits, hyphens, dots, slashes and underscores."
                )
                continue
            }
            guard let text = section.text(of: setting, key) else { continue }
            guard text.utf8.count <= TenantLabel.maximumLength else {
                context.add(
                    "config-label",
                    at: setting.origin,
                    "the label \(key) is longer than \(TenantLabel.maximumLength) bytes.",
                    remedy: "Shorten it; a label is a word to select by."
                )
                continue
            }
            labels[key] = text
        }
        return labels
    }

    /// The templates of which the tenant has an instance each, whatever lies in its folder.
    func templates() -> [TenantTemplate] {
        var names: [String] = []
        for (text, origin) in texts("templates") {
            let problem =
                names.contains(text)
                ? "templates names \(text.quoted) twice."
                : isTemplateName(text) ? nil : "\(text.quoted) is not the name of a template."
            guard let problem else {
                names.append(text)
                continue
            }
            context.add(
                "config-template",
                at: origin,
                problem,
                remedy: "Name each once, as its file in the folder templates is called without .yaml."
            )
        }
        return names.map { TenantTemplate(name: $0, position: context.position(of: origin)) }
    }

    /// As the name of a document in git: lower-case letters, digits and hyphens.
    private func isTemplateName(_ text: String) -> Bool {
        text.utf8.count <= 63 && text.first != "-" && text.last != "-"
            && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    /// The `values` that a tenant gives its templates; which types they must have is the templates' to say.
    func values(for templates: [TenantTemplate]) -> [TenantValue] {
        guard let section = optionalSection("values") else { return [] }
        if templates.isEmpty, !section.isEmpty {
            context.add(
                "config-values",
                at: section.origin,
                "values are given, and no template that takes them.",
                remedy: "Name it, as in templates: [NAME], or remove values."
            )
        }
        return section.entries().compactMap { key, setting in
            section.content(of: setting, key).map { content in
                TenantValue(name: key, content: content, position: context.position(of: setting.origin))
            }
        }
    }

    private func content(of setting: Setting, _ key: String) -> TenantValue.Content? {
        if case .sequence(let nodes) = setting.node.value {
            let scalars = nodes.compactMap { node in
                scalar(of: Setting(node: node, origin: setting.origin.moved(to: node.place)), key)
            }
            return scalars.count == nodes.count ? .list(scalars) : nil
        }
        guard let scalar = scalar(of: setting, key) else { return nil }
        if case .file(_, .some) = setting.origin { return .cell(scalar.text) }
        return .scalar(scalar)
    }

    /// A single value as it was written, with `${name}` filled in.
    private func scalar(of setting: Setting, _ key: String) -> YAMLScalar? {
        guard let scalar = setting.node.scalar else {
            wrongType(key, "a value or a list of values", setting)
            return nil
        }
        guard let text = text(of: setting, key) else { return nil }
        return YAMLScalar(text: text, isQuoted: scalar.isQuoted)
    }
}
