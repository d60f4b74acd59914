namespace Qmp.TestSupport;

/// <summary>Waits that end in any case, so that a defect is a failure and not a hanging run.</summary>
public static class Guard
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task Guarded(this Task task) => task.WaitAsync(Limit);

    public static Task<T> Guarded<T>(this Task<T> task) => task.WaitAsync(Limit);

    public static Task<T> Guarded<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Limit);

    /// <summary>Waits for a task that is to fail in a certain way.</summary>
    public static async Task<TException> FailsWith<TException>(this Task task)
        where TException : Exception
    {
        try
        {
            await task.Guarded();
        }
        catch (TException e)
        {
            return e;
        }

        throw new AssertionException($"a {typeof(TException).Name} was expected");
    }

    public static Task<TException> FailsWith<TException>(this ValueTask<Newtonsoft.Json.Linq.JToken> task)
        where TException : Exception => task.AsTask().FailsWith<TException>();
}
