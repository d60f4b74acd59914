namespace Qmp.Server.Dispatch;

/// <summary>Where in-band commands run, one at a time: the port to the machine's lock.</summary>
public interface ICommandQueue
{
    /// <summary>Runs <paramref name="work"/> when it is its turn, in the order of the calls.</summary>
    /// <remarks>
    /// If no other work is under way, it runs within this call, on the caller's thread. No other work begins until
    /// its task ends. The caller may be a thread of a connection: it must not be made to run anybody else's work.
    /// </remarks>
    /// <param name="work">Does not throw.</param>
    /// <param name="state">Handed to <paramref name="work"/>, which so need not be a closure.</param>
    ValueTask RunAsync(Func<object, ValueTask> work, object state);
}
