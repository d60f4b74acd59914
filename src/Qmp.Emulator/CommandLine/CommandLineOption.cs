namespace Qmp.Emulator.CommandLine;

/// <summary>One option of the command line.</summary>
/// <param name="Name">Its name, without the dash.</param>
/// <param name="Argument">What its argument looks like, or <see langword="null"/> if it takes none.</param>
/// <param name="Help">What it does.</param>
/// <param name="Apply">Takes the argument, which is empty if there is none.</param>
internal sealed record CommandLineOption(
    string Name, string? Argument, string Help, Action<CommandLineParser, string> Apply)
{
    /// <summary>A second name.</summary>
    public string? Alias { get; init; }
}
