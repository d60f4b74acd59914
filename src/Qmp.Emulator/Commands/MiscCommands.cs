using Qmp.Api;
using Qmp.Emulator.Control;
using Qmp.Emulator.Files;
using Qmp.Emulator.HumanMonitor;
using Qmp.Emulator.Machines;
using Qmp.Machine;
using Qmp.Protocol.Threading;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of misc.json; one instance a session, because descriptors come over it.</summary>
internal sealed class MiscCommands(
    VirtualMachine machine,
    BuiltMachine built,
    GuestControl guest,
    HumanMonitorInterpreter human,
    Preconfiguration preconfiguration,
    PassedDescriptors descriptors,
    IMonitorSession session) : IMiscCommands
{
    public ValueTask<NameInfo> QueryNameAsync(QueryNameArguments arguments, CancellationToken cancellationToken) =>
        new(new NameInfo { Name = machine.Identity.Name });

    public ValueTask<IReadOnlyList<IOThreadInfo>> QueryIothreadsAsync(
        QueryIothreadsArguments arguments, CancellationToken cancellationToken) =>
        new(IothreadInfos.Of(built.Tree));

    public ValueTask<IReadOnlyList<CommandLineOptionInfo>> QueryCommandLineOptionsAsync(
        QueryCommandLineOptionsArguments arguments, CancellationToken cancellationToken) =>
        new(new RecordedReplies(built.Version.Recorded).Options(arguments.Option));

    public ValueTask StopAsync(StopArguments arguments, CancellationToken cancellationToken) => guest.StopAsync();

    public ValueTask ContAsync(ContArguments arguments, CancellationToken cancellationToken)
    {
        guest.Continue();
        return ValueTask.CompletedTask;
    }

    public ValueTask XExitPreconfigAsync(XExitPreconfigArguments arguments, CancellationToken cancellationToken)
    {
        preconfiguration.End();
        return ValueTask.CompletedTask;
    }

    // The CPUs exist in name only: cpu-index must name one, and changes nothing.
    public async ValueTask<string> HumanMonitorCommandAsync(
        HumanMonitorCommandArguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.CpuIndex is { } index && !built.Processors.Has(index))
        {
            throw new CommandException("Parameter 'cpu-index' expects a CPU number");
        }

        return await human.ExecuteAsync(arguments.CommandLine).ConfigureAwait(OrderedContext.IsCurrent);
    }

    public ValueTask GetfdAsync(GetfdArguments arguments, CancellationToken cancellationToken)
    {
        using var passed = new PassedDescriptor(session);
        if (arguments.Fdname is [>= '0' and <= '9', ..])
        {
            throw new CommandException("Parameter 'fdname' expects a name not starting with a digit");
        }

        descriptors.Named.Put(arguments.Fdname, passed.Keep());
        return ValueTask.CompletedTask;
    }

    public ValueTask ClosefdAsync(ClosefdArguments arguments, CancellationToken cancellationToken)
    {
        descriptors.Named.Close(arguments.Fdname);
        return ValueTask.CompletedTask;
    }

    public ValueTask<AddfdInfo> AddFdAsync(AddFdArguments arguments, CancellationToken cancellationToken)
    {
        using var passed = new PassedDescriptor(session);
        return new(descriptors.Sets.Add(passed.Keep(), arguments.FdsetId, arguments.Opaque));
    }

    public ValueTask RemoveFdAsync(RemoveFdArguments arguments, CancellationToken cancellationToken)
    {
        descriptors.Sets.Remove(arguments.FdsetId, arguments.Fd);
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<FdsetInfo>> QueryFdsetsAsync(
        QueryFdsetsArguments arguments, CancellationToken cancellationToken) => new(descriptors.Sets.List());
}
