namespace Qmp.Client;

/// <summary>What can go wrong between a client and its server; the type says which kind it is.</summary>
/// <remarks>
/// <para><see cref="QmpConnectException"/>: no session came about.</para>
/// <para><see cref="QmpDisconnectedException"/>: the session ended.</para>
/// <para><see cref="QmpCommandException"/>: the server refused a command.</para>
/// <para><see cref="QmpTimeoutException"/>: the server did not answer in time.</para>
/// <para><see cref="QmpProtocolException"/>: the server broke the protocol.</para>
/// <para><see cref="QmpUsageException"/>: the caller asked for something that the connection cannot do.</para>
/// </remarks>
public abstract class QmpException : Exception
{
    private protected QmpException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
