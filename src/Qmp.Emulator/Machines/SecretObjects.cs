using Qmp.Emulator.Files;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Machines;

/// <summary>Checks <c>-object secret</c> as QEMU does when it makes one. Nothing here asks for a secret.</summary>
internal static class SecretObjects
{
    /// <param name="secret">The secret.</param>
    /// <param name="known">The ids of those that there are.</param>
    /// <exception cref="CommandException">It has no value, or its key is not there.</exception>
    public static void Check(SecretProperties secret, IEnumerable<string> known)
    {
        if (secret is { Data: not null, File: not null }) throw new CommandException("'file' and 'data' are mutually exclusive");
        if (secret.File is { } path) Read(path);
        else if (secret.Data is null) throw new CommandException("Either 'file' or 'data' must be provided");
        if (secret.Keyid is { } key && !known.Contains(key)) throw new CommandException($"No secret with id '{key}'");
    }

    private static void Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException($"Unable to read {path}: Failed to open file “{path}”: {FileErrors.Text(e)}");
        }
    }
}
