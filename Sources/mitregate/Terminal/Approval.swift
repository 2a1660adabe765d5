import Reconciling
import Reports

/// Asks a person to approve what was just shown, and returns when the answer is "yes".
///
/// - Parameter consequence: What any other answer comes to.
/// - Throws: `CommandFailure` for any other answer, which is an approval that is missing, and for Ctrl-C.
func approve(
    _ question: String,
    _ interrupts: Interrupts,
    otherwise consequence: String = "nothing was written"
) async throws {
    let answer = await Terminal.ask("\n\(question) Only \"yes\" is accepted: ", until: interrupts)
    if interrupts.isRaised { throw RunStop.interrupted }
    guard answer == "yes" else {
        throw CommandFailure(
            .held,
            id: "not-approved",
            "It was not approved, so \(consequence).",
            remedy: "Run the command again, and answer yes."
        )
    }
}

/// Refuses to go on where a person would be asked and none can answer.
///
/// - Parameters:
///   - isGiven: Whether the approval was given with the command.
///   - consequence: What the refusal comes to.
func requireAnswer(
    unless isGiven: Bool,
    otherwise consequence: String,
    remedy: String = "Give --auto-approve."
) throws(CommandFailure) {
    guard !isGiven, !Terminal.isInputTerminal else { return }
    throw CommandFailure(
        .usage,
        id: "approval-impossible",
        "Without a terminal it cannot ask for approval, so \(consequence).",
        remedy: remedy
    )
}
