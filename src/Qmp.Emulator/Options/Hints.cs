using Qmp.Migration.Status;

namespace Qmp.Emulator.Options;

/// <summary>What QEMU adds to a message for people, on standard error and on human monitors.</summary>
internal static class Hints
{
    /// <summary>The message with its hint, if there is one.</summary>
    public static string Explain(string message) =>
        message.StartsWith("UNIX socket path '", StringComparison.Ordinal) && message.EndsWith("' is too long", StringComparison.Ordinal)
            ? message + "\nPath must be less than 108 bytes"
            : message == Colo.NotBuilt ? message + "\nPlease enable replication before COLO."
            : message;
}
