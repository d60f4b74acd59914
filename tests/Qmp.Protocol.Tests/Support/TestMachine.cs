using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;
using Qmp.Server.Events;

namespace Qmp.Protocol.Tests.Support;

/// <summary>A hand-made schema with the few commands that the monitor itself is tested with.</summary>
internal sealed class TestMachine(EventBus events)
{
    public static readonly EventDescriptor<object> Stop = Event("STOP");
    public static readonly EventDescriptor<object> Resume = Event("RESUME");

    private readonly EventBus _events = events;
    private TaskCompletionSource _gate = NewGate();
    private TaskCompletionSource _entered = NewGate();

    public bool IsRunning { get; private set; } = true;

    public List<string> ChardevIds { get; } = [];

    public List<int> Descriptors { get; } = [];

    public Action Quit { get; set; } = () => { };

    /// <summary>Ends when a blocking command has begun.</summary>
    public Task Blocked => _entered.Task;

    /// <summary>Lets the blocking command end.</summary>
    public void Unblock()
    {
        TaskCompletionSource gate = _gate;
        _gate = NewGate();
        _entered = NewGate();
        gate.SetResult();
    }

    public CommandRegistry BuildRegistry() => new CommandRegistry.Builder()
        .Add(
            [
                Command("query-status", _ => new CommandResult(this, WriteStatus)),
                Command("query-name", _ => default),
                Command("query-yank", _ => new CommandResult(ChardevIds, WriteChardevs), CommandOptions.AllowOutOfBand),
                Command("stop", _ => Run(false)),
                Command("cont", _ => Run(true)),
                Command("quit", _ =>
                {
                    Quit();
                    return default;
                }),
                Command("x-fail", _ => throw new InvalidOperationException("a defect")),
                Command(
                    "x-refuse",
                    _ => throw new CommandException(new QmpError("DeviceNotFound", "Device 'x' not found"))),
                Command("x-quiet", _ => default, CommandOptions.NoSuccessResponse | CommandOptions.AllowPreconfig),
                Command("x-old", _ => default, features: SpecialFeatures.Deprecated),
                new CommandDescriptor("pmemsave", CommandOptions.None, SpecialFeatures.None, BlockAsync),
                new CommandDescriptor("x-oob-block", CommandOptions.AllowOutOfBand, SpecialFeatures.None, BlockAsync),
                new CommandDescriptor("x-echo", CommandOptions.None, SpecialFeatures.None, Echo),
            ],
            this)
        .Add(
            [
                new CommandDescriptor(
                    "qmp_capabilities", CommandOptions.AllowPreconfig, SpecialFeatures.None, Negotiate),
                new CommandDescriptor("getfd", CommandOptions.None, SpecialFeatures.None, TakeDescriptor),
            ],
            session => session)
        .Build();

    private static TaskCompletionSource NewGate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static EventDescriptor<object> Event(string name) =>
        new(name, SpecialFeatures.None, HasData: false, (_, _, _) => { }, (_, _) => new object());

    private static CommandDescriptor Command(
        string name,
        Func<CancellationToken, CommandResult> run,
        CommandOptions options = CommandOptions.None,
        SpecialFeatures features = SpecialFeatures.None) =>
        new(name, options, features, (_, arguments, cancellationToken) =>
        {
            arguments.StartStruct(null);
            arguments.EndStruct();
            return new ValueTask<CommandResult>(run(cancellationToken));
        });

    private static ValueTask<CommandResult> Negotiate(object target, InputVisitor arguments, CancellationToken _)
    {
        bool outOfBand = false;
        arguments.StartStruct(null);
        if (arguments.HasMember("enable"))
        {
            arguments.StartList("enable");
            while (arguments.NextElement()) outOfBand |= arguments.ReadEnum(null, TestCapability.Names) == 0;
            arguments.EndList();
        }

        arguments.EndStruct();
        ((IMonitorSession)target).CompleteNegotiation(outOfBand);
        return default;
    }

    private static void WriteStatus(OutputVisitor visitor, ReadOnlySpan<byte> name, object value)
    {
        var machine = (TestMachine)value;
        visitor.StartStruct(name);
        visitor.WriteEnum("status"u8, machine.IsRunning ? "running" : "paused");
        visitor.WriteBool("running"u8, machine.IsRunning);
        visitor.EndStruct();
    }

    private static void WriteChardevs(OutputVisitor visitor, ReadOnlySpan<byte> name, object value)
    {
        visitor.StartList(name);
        foreach (string id in (List<string>)value)
        {
            visitor.StartStruct([]);
            visitor.WriteEnum("type"u8, "chardev");
            visitor.WriteString("id"u8, id);
            visitor.EndStruct();
        }

        visitor.EndList();
    }

    private static ValueTask<CommandResult> Echo(object target, InputVisitor arguments, CancellationToken _)
    {
        arguments.StartStruct(null);
        Newtonsoft.Json.Linq.JToken value = arguments.ReadAny("value");
        arguments.EndStruct();
        return new(new CommandResult(value, (o, n, v) => o.WriteAny(n, (Newtonsoft.Json.Linq.JToken)v)));
    }

    private ValueTask<CommandResult> TakeDescriptor(object target, InputVisitor arguments, CancellationToken _)
    {
        arguments.StartStruct(null);
        arguments.ReadString("fdname");
        arguments.EndStruct();
        int descriptor = ((IMonitorSession)target).TakeDescriptor();
        if (descriptor < 0) throw new CommandException("No file descriptor supplied via SCM_RIGHTS");
        Descriptors.Add(descriptor);
        return default;
    }

    private async ValueTask<CommandResult> BlockAsync(object target, InputVisitor arguments, CancellationToken _)
    {
        arguments.StartStruct(null);
        foreach (string name in (string[])["val", "size", "filename"])
        {
            if (arguments.HasMember(name)) arguments.ReadAny(name);
        }

        arguments.EndStruct();
        Task open = _gate.Task;
        _entered.TrySetResult();
        await open;
        return default;
    }

    private CommandResult Run(bool running)
    {
        if (IsRunning != running)
        {
            IsRunning = running;
            _events.Publish(running ? Resume : Stop, this);
        }

        return default;
    }
}
