namespace Qmp.Emulator.CommandLine;

/// <summary>One <c>-global DRIVER.PROPERTY=VALUE</c>.</summary>
public sealed record GlobalProperty(string Driver, string Property, string Value)
{
    /// <summary>Reads <c>driver.property=value</c>.</summary>
    /// <returns>The setting, or <see langword="null"/> if the text is none.</returns>
    public static GlobalProperty? Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && equals > dot + 1
            ? new GlobalProperty(text[..dot], text[(dot + 1)..equals], text[(equals + 1)..])
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Driver}.{Property}={Value}";
}
