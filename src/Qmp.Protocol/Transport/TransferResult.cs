using Qmp.Linux;

namespace Qmp.Protocol.Transport;

/// <summary>What a send or receive that does not wait returns instead of a number of bytes.</summary>
internal static class TransferResult
{
    /// <summary>The call would have had to wait.</summary>
    public const int WouldBlock = -1;

    /// <summary>The connection is broken.</summary>
    public const int Broken = -2;

    /// <summary>A number of bytes, or one of the two for a negated error number.</summary>
    public static int From(int result) => result switch
    {
        >= 0 => result,
        -Errno.TryAgain => WouldBlock,
        _ => Broken,
    };
}
