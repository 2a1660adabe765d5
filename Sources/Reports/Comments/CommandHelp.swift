/// The answer to `mitregate help`.
package enum CommandHelp {
    package static let markdown = """
        ### mitregate · what a comment can ask for

        The first line of a comment is the command, exactly; it counts on an open request, from a person who may write to \
        this repository, and for the head as it is now.

        | Comment | Does |
        |---|---|
        | <code>mitregate plan</code> | Plans this head and asks the partners' mail servers again, also where it comes from a fork. |
        | <code>mitregate approve DIGEST</code> | Approves exactly the changes that are shown under this digest. The author, committers and programs cannot. |
        | <code>mitregate help</code> | Shows this. |

        """
}
