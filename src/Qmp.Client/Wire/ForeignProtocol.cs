namespace Qmp.Client.Wire;

/// <summary>Recognises, by how it begins, what else may listen where a QMP monitor was expected.</summary>
internal static class ForeignProtocol
{
    /// <returns>Words for people, or <see langword="null"/> for what is not known.</returns>
    public static string? Recognise(ReadOnlySpan<byte> beginning)
    {
        // On telnet, options come first.
        if (beginning.StartsWith("QEMU "u8) || beginning.IndexOf("monitor - type 'help'"u8) >= 0)
        {
            return "this is a human monitor, which does not speak QMP: connect to one that was made by -qmp,"
                + " or by -mon with mode=control";
        }

        if (beginning.StartsWith("HTTP/"u8)) return "this is a web server";
        if (beginning.StartsWith("SSH-"u8)) return "this is an SSH server";
        return beginning.StartsWith("RFB "u8) ? "this is a VNC server" : null;
    }
}
