/// How one kind of forge speaks: pure, over what the pretended repository knows.
package protocol ForgeDialect: Sendable {
    /// As the description's file is named.
    var name: String { get }
    /// Before each path of the description, such as `/api/v1`.
    var basePath: String { get }

    /// The API's base, as a configuration names it; longer than `basePath` where the description begins further up.
    var apiPath: String { get }

    /// Whose call it is; `nil` is answered with 401.
    func caller(of call: ForgeCall, in repository: PretendedRepository) -> PretendedRepository.Person?
    /// - Parameters:
    ///   - origin: Where the client thinks it is talking to, for links.
    func reply(
        to call: ForgeCall,
        from caller: PretendedRepository.Person,
        in repository: inout PretendedRepository,
        origin: String
    ) -> ForgeReply
    /// An error in the forge's own form.
    func failure(_ status: Int, _ message: String) -> ForgeReply
    /// The call as the description knows it, where the forge has a second spelling.
    func described(_ call: ForgeCall, in repository: PretendedRepository) -> ForgeCall
}

extension ForgeDialect {
    package var apiPath: String { basePath }

    package func described(_ call: ForgeCall, in repository: PretendedRepository) -> ForgeCall { call }
}
