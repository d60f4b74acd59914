using Qmp.Client;
using Qmp.Protocol.Transport;

namespace Qmp.Shell.Libvirt;

/// <summary>The monitor of a domain whose socket libvirt holds: <c>virsh:DOMAIN</c>.</summary>
internal static class LibvirtEndpoint
{
    private const string Prefix = "virsh:";

    /// <summary>Whether an address is of that kind.</summary>
    public static bool IsMeant(string text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Reads the address. Which libvirt is asked, <c>virsh</c> decides (<c>LIBVIRT_DEFAULT_URI</c>).</summary>
    /// <exception cref="FormatException">It names no domain.</exception>
    public static QmpEndpoint Parse(string text)
    {
        string domain = text[Prefix.Length..];
        if (domain.Length == 0) throw new FormatException($"'{text}' names no domain");
        return QmpEndpoint.Custom(domain, async stop =>
        {
            (MemoryConnection client, MemoryConnection server) = MemoryConnection.CreatePair(domain);
            try
            {
                await LibvirtMonitor.StartAsync(new Virsh(domain), server, stop);
                return client;
            }
            catch
            {
                server.Dispose();
                throw;
            }
        });
    }
}
