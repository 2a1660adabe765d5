/// The answer to `mitregate help`.
package enum CommandHelp {
    /// - Parameter appliesByComment: Whether `mitregate apply` is taken.
    package static func markdown(appliesByComment: Bool = false) -> String {
        let apply =
            "| <code>mitregate apply</code> | Applies what is shown, before the merge. The request must come from this repository, be up "
            + "to date, not be a draft and have no conflict, and someone else must have approved the changes as shown. |\n"
        return start + (appliesByComment ? apply : "") + end
    }

    private static let start = """
        ### mitregate · what a comment can ask for

        The first line of the comment must be exactly the command. Commands are accepted on an open request, from people who \
        may write to this repository, and apply to the current head.

        | Comment | Does |
        |---|---|
        | <code>mitregate plan</code> | Plans this head and asks the partners' mail servers again, even if the head comes from a fork. |
        | <code>mitregate approve DIGEST</code> | Approves exactly the changes shown under this digest. The author, the committers and bots cannot. |

        """

    private static let end = """
        | <code>mitregate help</code> | Shows this. |

        """
}
