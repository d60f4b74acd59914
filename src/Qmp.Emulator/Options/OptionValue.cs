namespace Qmp.Emulator.Options;

/// <summary>An option's value, with the words it came from, for messages.</summary>
/// <param name="Option">The option, without its dash.</param>
/// <param name="Text">The argument as it was given.</param>
/// <param name="Value">What it means.</param>
public sealed record OptionValue<T>(string Option, string Text, T Value)
{
    /// <summary>An error about this option.</summary>
    public CommandLineException Error(string message) => CommandLineException.At(Option, Text, message);
}
