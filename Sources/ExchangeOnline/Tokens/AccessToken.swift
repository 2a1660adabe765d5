package import FoundationEssentials

/// A token for one resource.
///
/// Its text is for the `Authorization` header alone, so no description shows it.
package struct AccessToken: Hashable, Sendable {
    package let text: String
    package let expires: Date
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "access token, expires \(expires.timeIntervalSince1970)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["expires": expires]) }
}
