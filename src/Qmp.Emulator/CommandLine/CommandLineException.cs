namespace Qmp.Emulator.CommandLine;

/// <summary>A command line that is refused. The message is QEMU's, without the program's name.</summary>
public sealed class CommandLineException : Exception
{
    /// <summary>Makes one.</summary>
    public CommandLineException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one that begins with the option it is about, as QEMU's do.</summary>
    public static CommandLineException At(string option, string? argument, string message) =>
        new(argument is null ? $"-{option}: {message}" : $"-{option} {argument}: {message}");
}
