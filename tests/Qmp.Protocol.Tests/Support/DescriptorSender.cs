using System.Runtime.InteropServices;

namespace Qmp.Protocol.Tests.Support;

/// <summary>Passes descriptors along with bytes, as libvirt does.</summary>
internal static unsafe partial class DescriptorSender
{
    public static void Send(SafeHandle socket, ReadOnlySpan<byte> bytes, params ReadOnlySpan<int> descriptors)
    {
        nuint* control = stackalloc nuint[2 + descriptors.Length];
        control[0] = (nuint)(16 + (4 * descriptors.Length));
        ((int*)control)[2] = 1; // SOL_SOCKET
        ((int*)control)[3] = 1; // SCM_RIGHTS
        descriptors.CopyTo(new Span<int>(control + 2, descriptors.Length));
        fixed (byte* first = bytes)
        {
            nuint* vector = stackalloc nuint[] { (nuint)first, (nuint)bytes.Length };
            nuint* message = stackalloc nuint[] { 0, 0, (nuint)vector, 1, (nuint)control, control[0], 0 };
            Assert.That(SendMessage(socket, message, 0), Is.EqualTo((nint)bytes.Length));
        }
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(SafeHandle socket, nuint* message, int flags);
}
