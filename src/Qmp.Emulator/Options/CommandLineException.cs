namespace Qmp.Emulator.Options;

/// <summary>A command line that is refused. The message is QEMU's, without the program's name.</summary>
public sealed class CommandLineException : Exception
{
    private readonly string? _location;

    /// <summary>Makes one.</summary>
    public CommandLineException(string message)
        : this(null, message)
    {
    }

    private CommandLineException(string? location, string message)
        : base(location + message)
    {
        _location = location;
    }

    /// <summary>The message without the option it is about.</summary>
    public string Reason => Message[(_location?.Length ?? 0)..];

    /// <summary>What QEMU reports as a consequence, in a line of its own with the program's name.</summary>
    public string? Consequence { get; private init; }

    /// <summary>Makes one that begins with the option it is about, as QEMU's do; without an option, with the word.</summary>
    public static CommandLineException At(string option, string? argument, string message) => new(
        option.Length == 0 ? $"{argument}: " : argument is null ? $"-{option}: " : $"-{option} {argument}: ", message);

    /// <summary>The same with a consequence, about the same option.</summary>
    public CommandLineException Then(string consequence) =>
        new(_location, Reason) { Consequence = _location + consequence };
}
