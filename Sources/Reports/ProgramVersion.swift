/// Which build of the program this is.
///
/// Written out, it is also the version of the Debian package: what lies before a release sorts before it.
package struct ProgramVersion: Hashable, Sendable, CustomStringConvertible {
    /// The release that this is, or becomes: `0.2.0`.
    package let number: String
    /// 40 or 64 hex digits; `nil` where it was built without git.
    package let commit: String?
    /// When the commit was made, in RFC 3339 and UTC.
    package let date: String?
    /// Whether the work tree was other than the commit.
    package let isChanged: Bool
    /// Whether the commit bears the release's tag.
    private let isRelease: Bool

    package init(number: String, commit: String?, date: String?, tag: String? = nil, isChanged: Bool = false) {
        self.number = number
        self.commit = commit
        self.date = date
        self.isChanged = isChanged
        isRelease = tag == "v\(number)" && !isChanged
    }

    /// `0.2.0` for the release; before it `0.2.0~git20261129134501.d812867abcde`.
    package var description: String {
        guard !isRelease else { return number }
        guard let commit, let date else { return "\(number)~git" }
        let digits = String(date.unicodeScalars.filter { ("0"..."9").contains($0) }.map { Character($0) })
        return "\(number)~git\(digits).\(commit.prefix(12))\(isChanged ? "+changed" : "")"
    }

    /// What `--version` prints.
    package var line: String {
        guard let commit, let date else { return "mitregate \(self) (unknown commit)" }
        return "mitregate \(self) (commit \(commit)\(isChanged ? ", changed since" : ""), \(date))"
    }
}
