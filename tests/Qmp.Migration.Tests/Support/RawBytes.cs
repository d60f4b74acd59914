using System.Runtime.InteropServices;
using Qmp.Linux;
using Qmp.Migration.Channels;

namespace Qmp.Migration.Tests.Support;

/// <summary>Writes bytes to connections as a peer that is no source of ours.</summary>
internal static class RawBytes
{
    public static async ValueTask SendAsync(this IMigrationChannel channel, byte[] bytes)
    {
        GCHandle pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        try
        {
            await channel.WriteAsync(new[] { new IoVector(pin.AddrOfPinnedObject(), bytes.Length) });
        }
        finally
        {
            pin.Free();
        }
    }
}
