using Qmp.Linux;
using Serilog;

namespace Qmp.Machine.Time;

/// <summary>An activity on a thread of its own.</summary>
internal sealed class ThreadActivity : Activity
{
    private readonly Thread _thread;
    private readonly Func<ValueTask> _body;
    private readonly ILogger _logger;
    private volatile int _threadId;

    public ThreadActivity(string name, Func<ValueTask> body, ILogger logger)
        : base(name)
    {
        _body = body;
        _logger = logger;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    public override int ThreadId => _threadId;

    public override ValueTask JoinAsync()
    {
        _thread.Join();
        return ValueTask.CompletedTask;
    }

    private void Run()
    {
        _threadId = Processes.ThreadId;
        try
        {
            ValueTask task = _body();
            if (!task.IsCompletedSuccessfully) task.AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            _logger.Error(e, "activity {Activity} failed", Name);
        }
    }
}
