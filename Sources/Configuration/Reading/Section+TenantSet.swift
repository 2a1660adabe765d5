import Connectors
import YAML

extension Section {
    /// The tenants of an entry of `tenantSets`, each lying over the set and over the defaults.
    func tenantSet() -> [Section] {
        let sources = ["names", "file"]
        know(sources)
        if has("name") {
            context.add(
                "config-tenant-set",
                at: place(of: "name"),
                "a set has no name of its own, and each of its tenants has another.",
                remedy: "List them under names, or in the column name of a table."
            )
        }
        guard sources.filter(has).count == 1 else {
            context.add(
                "config-tenant-set",
                at: origin,
                has("file") ? "the set has names and a file." : "the set says nothing of its tenants.",
                remedy: "Write names: [NAME, …], or file: PATH of a table with a column name."
            )
            return []
        }
        let own = has("file") ? rows() : namedTenants()
        return own.map { section in
            let tenant = section.over(below + context.tenantDefaults)
            tenant.know(sources)
            return tenant
        }
    }

    /// The entries of `names`: a name, or a mapping with what only that tenant says.
    private func namedTenants() -> [Section] {
        guard let setting = setting("names") else { return [] }
        guard case .sequence(let nodes) = setting.node.value else {
            wrongType("names", "a list", setting)
            return []
        }
        return nodes.map { node in
            let origin = setting.origin.moved(to: node.place)
            if case .mapping(let mapping) = node.value {
                return Section(mapping, path: nil, origin: origin, context: context)
            }
            let entry = YAMLMapping.Entry(key: "name", keyPlace: node.place, value: node)
            return Section(YAMLMapping(entries: [entry]), path: nil, origin: origin, context: context)
        }
    }

    /// The rows of the table that `file` names.
    private func rows() -> [Section] {
        guard let (text, origin) = text("file") else { return [] }
        let file = context.shown(text)
        guard let bytes = context.contents(context.resolved(text)) else {
            context.add(
                "config-table",
                at: origin,
                "file cannot be read: \(text.quoted).",
                remedy:
                    "It must be a file of at most \(TableFile.maximumSize >> 20) MiB that the user who runs this may read; "
                    + "a relative path is meant from the configuration's folder."
            )
            return []
        }
        let table: Table
        do throws(Table.Problem) {
            table = try Table(csv: bytes)
        } catch {
            add(error, of: file)
            return []
        }
        for problem in table.problems { add(problem, of: file) }
        let columns = TableColumns(table.columns)
        for problem in columns.problems { add(problem, of: file) }
        if !table.columns.contains(where: { $0.text == "name" }) {
            context.add(
                "config-table",
                at: .file(YAMLPlace(line: 1, column: 1), table: file),
                "the table has no column name.",
                remedy: "Give it one, with the name by which people and flags select the tenant."
            )
            return []
        }
        return table.rows.map { row in
            Section(
                [Layer(mapping: columns.mapping(of: row), table: file)],
                path: nil,
                origin: .file(row.place, table: file),
                context: context
            )
        }
    }

    private func add(_ problem: Table.Problem, of file: String) {
        context.add(
            "config-table",
            at: .file(problem.place, table: file),
            problem.message,
            remedy: problem.remedy
        )
    }
}
