/// The answer to `mitregate help`.
package enum CommandHelp {
    /// - Parameter appliesByComment: Whether `mitregate apply` is taken.
    package static func markdown(appliesByComment: Bool = false) -> String {
        let apply =
            "| <code>mitregate apply</code> | Applies what is shown before the merge: on a request of this repository that is up to "
            + "date, is no draft, can be merged, and whose changes as shown were approved by someone else. |\n"
        return start + (appliesByComment ? apply : "") + end
    }

    private static let start = """
        ### mitregate · what a comment can ask for

        The first line of a comment is the command, exactly; it counts on an open request, from a person who may write to \
        this repository, and for the head as it is now.

        | Comment | Does |
        |---|---|
        | <code>mitregate plan</code> | Plans this head and asks the partners' mail servers again, also where it comes from a fork. |
        | <code>mitregate approve DIGEST</code> | Approves exactly the changes that are shown under this digest. The author, committers and programs cannot. |

        """

    private static let end = """
        | <code>mitregate help</code> | Shows this. |

        """
}
