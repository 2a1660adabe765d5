package enum DefinitionSchemas {
    package static func all() -> [(name: String, json: String)] { [] }
}
