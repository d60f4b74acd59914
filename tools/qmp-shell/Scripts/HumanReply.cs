namespace Qmp.Shell.Scripts;

/// <summary>
/// What the human monitor prints. It has no way to say that a command failed: success and failure are both text.
/// </summary>
internal static class HumanReply
{
    /// <summary>Whether the text is one of those that QEMU prints for a command that it did not carry out.</summary>
    public static bool IsRefusal(string text) =>
        text.StartsWith("unknown command: '", StringComparison.Ordinal)
        || text.StartsWith("Error: ", StringComparison.Ordinal)
        || text.EndsWith("\" for more information", StringComparison.Ordinal);
}
