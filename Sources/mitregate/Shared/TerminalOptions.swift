import ArgumentParser

/// What every command takes, whatever it does.
struct TerminalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Whether the result is coloured: auto, always or never; NO_COLOR and FORCE_COLOR count with auto.",
            valueName: "when"
        )
    )
    var color: ColourChoice = .auto

    /// The parser's last look at the options is also the first moment at which they are known.
    func validate() { Terminal.colour = color }
}
