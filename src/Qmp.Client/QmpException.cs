namespace Qmp.Client;

/// <summary>What can go wrong between a client and its server; the type says which kind it is.</summary>
/// <remarks>
/// <list type="table">
/// <item><term><see cref="QmpConnectException"/></term><description>no session came about</description></item>
/// <item><term><see cref="QmpDisconnectedException"/></term><description>the session ended</description></item>
/// <item><term><see cref="QmpCommandException"/></term><description>the server refused a command</description></item>
/// <item><term><see cref="QmpTimeoutException"/></term><description>the server did not answer in time</description></item>
/// <item><term><see cref="QmpProtocolException"/></term><description>the server broke the protocol</description></item>
/// <item><term><see cref="QmpUsageException"/></term><description>the caller asked for what is not to be had</description></item>
/// </list>
/// </remarks>
public abstract class QmpException : Exception
{
    private protected QmpException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
