using Qmp.Emulator.Files;
using Qmp.Emulator.Options;
using Qmp.Types;

namespace Qmp.Emulator.Machines;

/// <summary>Checks <c>-object secret</c> as QEMU does when it makes one. Nothing here asks for a secret.</summary>
internal static class SecretObjects
{
    /// <exception cref="CommandLineException">A secret has no value, or its key is not there; the text is QEMU's.</exception>
    public static void Check(IEnumerable<OptionValue<ObjectOptions>> objects)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (OptionValue<ObjectOptions> made in objects)
        {
            if (made.Value is not ObjectOptions.Secret { Value: var secret }) continue;
            Check(secret, known);
            known.Add(made.Value.Id);
        }
    }

    private static void Check(SecretProperties secret, HashSet<string> known)
    {
        if (secret is { Data: not null, File: not null })
        {
            throw new CommandLineException("'file' and 'data' are mutually exclusive");
        }

        if (secret.File is { } path) Read(path);
        else if (secret.Data is null) throw new CommandLineException("Either 'file' or 'data' must be provided");
        if (secret.Keyid is { } key && !known.Contains(key)) throw new CommandLineException($"No secret with id '{key}'");
    }

    private static void Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandLineException($"Unable to read {path}: Failed to open file “{path}”: {FileErrors.Text(e)}");
        }
    }
}
