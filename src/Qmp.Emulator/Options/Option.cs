using Qmp.Emulator.Versions;
using Qmp.Protocol.Visitors;

namespace Qmp.Emulator.Options;

/// <summary>What is printed where an argument asks for help, instead of starting a machine.</summary>
/// <param name="Text">The text, for standard output.</param>
/// <param name="Status">The exit status, which is not 0 for every help of QEMU.</param>
public sealed record Printout(string Text, int Status = 0);

/// <summary>One option of the command line: a row of <see cref="OptionTable"/>.</summary>
/// <param name="name">Its name, without the dash.</param>
/// <param name="argument">What its argument looks like, or <see langword="null"/> if it takes none.</param>
/// <param name="help">What it does.</param>
internal abstract class Option(string name, string? argument, string help)
{
    /// <summary>Its name, without the dash.</summary>
    public string Name => name;

    /// <summary>What its argument looks like, or <see langword="null"/> if it takes none.</summary>
    public string? Argument => argument;

    /// <summary>What it does.</summary>
    public string Help => help;

    /// <summary>A second name.</summary>
    public string? Alias { get; init; }

    /// <summary>
    /// What is printed for an argument that asks for help; <see langword="null"/> for one that does not ask.
    /// </summary>
    public Func<string, QemuVersion, Printout?>? Listing { get; init; }

    /// <summary>Takes an argument; for an option without one, an empty text.</summary>
    /// <exception cref="CommandLineException">The argument does not fit the option.</exception>
    public abstract void Take(string text, CommandLineParser parser);
}

/// <summary>An option whose values are kept; they are found again in <see cref="GivenOptions"/>, by this row.</summary>
internal sealed class Option<T> : Option
{
    private readonly Func<string, CommandLineParser, OptionValue<T>> _read;

    /// <summary>Reads an argument that does not come from the command line.</summary>
    /// <exception cref="CommandLineException">The argument does not fit the option.</exception>
    public T ReadValue(string text, QemuVersion version)
    {
        OptionValue<T> value = _read(text, CommandLineParser.Apart(version));
        Check?.Invoke(value);
        return value.Value;
    }

    /// <summary>An option with a reader of its own.</summary>
    public Option(string name, string? argument, string help, Func<string, CommandLineParser, OptionValue<T>> read)
        : base(name, argument, help) => _read = read;

    /// <summary>An option with a reader of its own, that needs nothing but the argument.</summary>
    public Option(string name, string? argument, string help, Func<string, T> read)
        : this(name, argument, help, (text, _) => new OptionValue<T>(name, text, read(text)))
    {
    }

    /// <summary>An option whose argument is a value of a schema type.</summary>
    public Option(string argument, string help, OptionSyntax<T> syntax)
        : this(syntax.Option, argument, help, (text, parser) => syntax.Read(text, parser))
    {
    }

    /// <summary>The id in a value, which no other value of this option may have; <see langword="null"/> for none.</summary>
    public Func<T, string?>? Id { get; init; }

    /// <summary>What is checked besides the type.</summary>
    public Action<OptionValue<T>>? Check { get; init; }

    /// <inheritdoc/>
    public override void Take(string text, CommandLineParser parser)
    {
        OptionValue<T> value = _read(text, parser);
        if (Id is not null) parser.Claim(value, Id(value.Value));
        Check?.Invoke(value);
        parser.Given.Add(this, value);
    }

    /// <summary>Adds an item to a value that was given before.</summary>
    /// <param name="id">The id in the value.</param>
    /// <param name="item">The item, as it would stand in the argument.</param>
    /// <param name="parser">The command line.</param>
    /// <returns>Whether there is such a value.</returns>
    /// <exception cref="CommandLineException">The item does not fit.</exception>
    public bool Change(string id, string item, CommandLineParser parser)
    {
        OptionValue<T>? old = parser.Given.All(this).FirstOrDefault(v => Id?.Invoke(v.Value) == id);
        if (old is null || old.Text.StartsWith('{')) return false;
        parser.Given.Replace(this, old, old with { Value = _read($"{old.Text},{item}", parser).Value });
        return true;
    }
}

/// <summary>An option that adds to the machine's properties; several of them add up.</summary>
/// <param name="name">Its name, without the dash.</param>
/// <param name="argument">What its argument looks like.</param>
/// <param name="help">What it does.</param>
/// <param name="property">The property that it adds to, or <see langword="null"/> for the machine itself.</param>
/// <param name="impliedKey">The key of a first item that has none.</param>
internal sealed class MachineOption(
    string name, string argument, string help, string? property, string impliedKey) : Option(name, argument, help)
{
    /// <inheritdoc/>
    public override void Take(string text, CommandLineParser parser)
    {
        try
        {
            parser.AddToMachine(property, text, impliedKey);
        }
        catch (VisitorException e)
        {
            throw CommandLineException.At(Name, text, e.Message);
        }
    }
}

/// <summary>An option that is short for another one.</summary>
/// <param name="name">Its name, without the dash.</param>
/// <param name="argument">What its argument looks like, or <see langword="null"/> if it takes none.</param>
/// <param name="help">What it does.</param>
/// <param name="take">Gives the other option its argument.</param>
internal sealed class ShortOption(
    string name, string? argument, string help, Action<string, CommandLineParser> take) : Option(name, argument, help)
{
    /// <inheritdoc/>
    public override void Take(string text, CommandLineParser parser) => take(text, parser);
}
