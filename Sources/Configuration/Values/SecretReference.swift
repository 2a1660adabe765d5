/// Where a secret is found; the secret itself is never in a value that is kept, printed or compared.
package enum SecretReference: Hashable, Sendable {
    /// `{env: NAME}`: a variable of this process.
    case environment(String)
    /// `{file: PATH}`.
    case file(String)
}
