package import Connectors

/// Why an edit is not made: the file stays as it is.
package struct YAMLEditRefusal: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// The file has errors, or more in it than is edited.
        case unreadable
        case notThere(YAMLPath)
        case isThere(YAMLPath)
        /// A mapping stands there, or no mapping where one is needed.
        case notAValue(YAMLPath)
        /// The value, or what it stands in, is an alias: what it shows is written elsewhere.
        case alias(String)
        /// The value, or what it stands in, shows in other places too.
        case anchor(String)
        case tag
        case template
        /// A comment stands in the midst of it, where it would be lost.
        case commentInside
        /// Something else stands in the same line.
        case sharedLine
        /// A key that is written with `?`, or no plain word.
        case unusualKey
        /// What is left would be empty, and so no longer a mapping or a list.
        case lastOne
        /// A directive or the end mark `...` has to do with the document.
        case specialDocument
        /// The new text did not read as it should.
        case unfaithful
    }

    package let reason: Reason
    /// The place of what is in the way; line 0 for the file as a whole.
    package let position: SourcePosition

    package init(_ reason: Reason, at position: SourcePosition) {
        self.reason = reason
        self.position = position
    }

    /// Half a sentence for people, without the place; strangers' strings in it are escaped.
    package var message: String {
        switch reason {
        case .unreadable: "the file cannot be read without errors"
        case .notThere(let path): "there is no \(path)"
        case .notAValue(let path): "\(path) is not what is expected there"
        case .isThere(let path): "\(path) is there already"
        case .alias(let name):
            "the value comes from the alias *\(name.escapingControls), so it is written elsewhere"
        case .anchor(let name):
            "the value is also used by every alias *\(name.escapingControls), so they would change with it"
        case .tag: "a tag stands before the value"
        case .template: "the value holds a template (${…}, {{…}} or <%…%>), so the file is made by another program"
        case .commentInside: "a comment stands in the midst of the value, and would be lost"
        case .sharedLine: "something else stands in the same line"
        case .unusualKey: "the key is not a plain word before a colon"
        case .lastOne: "nothing would be left around it"
        case .specialDocument: "a directive or the mark \"...\" stands at the document"
        case .unfaithful: "the new text would not read as what is meant"
        }
    }
}
