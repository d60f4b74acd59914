using Qmp.Api;
using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>One <c>-global DRIVER.PROPERTY=VALUE</c>.</summary>
public sealed record GlobalProperty(string Driver, string Property, string Value)
{
    private static readonly OptionSyntax<GlobalOptions> Syntax = new("global", OptionForm.Table, GlobalOptionsVisitor.Read);

    /// <summary>Reads <c>driver.property=value</c>.</summary>
    /// <returns>The setting, or <see langword="null"/> if the text does not have that form.</returns>
    public static GlobalProperty? Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && equals > dot + 1
            ? new GlobalProperty(text[..dot], text[(dot + 1)..equals], text[(equals + 1)..])
            : null;
    }

    /// <summary>Reads either form: <c>driver.property=value</c>, or three options.</summary>
    /// <exception cref="CommandLineException">
    /// Driver, property or value is missing, or there is a fourth part.
    /// </exception>
    internal static OptionValue<GlobalProperty> Read(string text, CommandLineParser parser)
    {
        if (Parse(text) is { } global) return new OptionValue<GlobalProperty>(Syntax.Option, text, global);
        OptionValue<GlobalOptions> options = Syntax.Read(text, parser);
        return options.Value is { Driver: { } driver, Property: { } property, Value: { } value }
            ? new OptionValue<GlobalProperty>(Syntax.Option, text, new GlobalProperty(driver, property, value))
            : throw options.Error("options 'driver', 'property', and 'value' are required");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Driver}.{Property}={Value}";
}
