using System.Text;
using Qmp.Api;
using Qmp.Emulator.Chardevs;
using Qmp.Emulator.Options;
using Qmp.Emulator.Versions;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of char.json.</summary>
internal sealed class CharCommands(ChardevSet chardevs, Func<ChardevSpec, OpenedChardev> open, QemuVersion version) : ICharCommands
{
    public ValueTask<IReadOnlyList<ChardevInfo>> QueryChardevAsync(
        QueryChardevArguments arguments, CancellationToken cancellationToken) =>
        new([
            .. chardevs.All.Select(c => new ChardevInfo
            {
                Label = c.Id,
                Filename = c.Description,
                FrontendOpen = c.FrontEnd.IsOpen,
            }),
        ]);

    public ValueTask<IReadOnlyList<ChardevBackendInfo>> QueryChardevBackendsAsync(
        QueryChardevBackendsArguments arguments, CancellationToken cancellationToken) =>
        new([.. version.Chardevs.Reverse().Select(kind => new ChardevBackendInfo { Name = kind.ToWireName() })]);

    public ValueTask RingbufWriteAsync(RingbufWriteArguments arguments, CancellationToken cancellationToken)
    {
        Ring(arguments.Device).Write(
            arguments.Format == DataFormat.Base64 ? FromBase64(arguments.Data) : Encoding.UTF8.GetBytes(arguments.Data));
        return ValueTask.CompletedTask;
    }

    public ValueTask<string> RingbufReadAsync(RingbufReadArguments arguments, CancellationToken cancellationToken)
    {
        RingBuffer ring = Ring(arguments.Device);
        if (arguments.Size <= 0) throw new CommandException("size must be greater than zero");
        byte[] bytes = ring.Read(arguments.Size);
        if (arguments.Format == DataFormat.Base64) return new(Convert.ToBase64String(bytes));
        // C's string: it ends at the first zero.
        int end = Array.IndexOf(bytes, (byte)0);
        return new(Encoding.UTF8.GetString(bytes, 0, end < 0 ? bytes.Length : end));
    }

    // One that waits for a client holds up all commands until the client is there, as in QEMU.
    public async ValueTask<ChardevReturn> ChardevAddAsync(ChardevAddArguments arguments, CancellationToken cancellationToken)
    {
        if (chardevs.Find(arguments.Id) is not null)
        {
            throw new CommandException($"Chardev with id '{arguments.Id}' already exists");
        }

        Chardev added = Make(arguments.Id, arguments.Backend, spec => chardevs.Add(spec, open));
        if (added.WaitsForClient) await added.FrontEnd.FirstClient.ConfigureAwait(OrderedContext.IsCurrent);
        return new ChardevReturn { Pty = added.Terminal };
    }

    // Where the new one cannot be opened, one that is not in use is gone all the same, as in QEMU.
    public ValueTask<ChardevReturn> ChardevChangeAsync(ChardevChangeArguments arguments, CancellationToken cancellationToken)
    {
        Chardev old = chardevs.Find(arguments.Id)
            ?? throw new CommandException($"Chardev '{arguments.Id}' does not exist");
        if (!old.FrontEnd.TakesAnother) throw new CommandException("Chardev user does not support chardev hotswap");
        Func<ChardevSpec, Chardev> make = spec => chardevs.Change(old, spec, open);
        if (!old.FrontEnd.IsOpen)
        {
            chardevs.Remove(old);
            make = spec => chardevs.Add(spec, open);
        }

        return new(new ChardevReturn { Pty = Make(arguments.Id, arguments.Backend, make).Terminal });
    }

    public ValueTask ChardevRemoveAsync(ChardevRemoveArguments arguments, CancellationToken cancellationToken)
    {
        Chardev found = Find(arguments.Id);
        if (found.FrontEnd.IsOpen || chardevs.IsUsed(arguments.Id)) throw new CommandException($"Chardev '{arguments.Id}' is busy");
        chardevs.Remove(found);
        return ValueTask.CompletedTask;
    }

    // No kind that is here knows what a break is: it is dropped, as QEMU drops it for those kinds.
    public ValueTask ChardevSendBreakAsync(ChardevSendBreakArguments arguments, CancellationToken cancellationToken)
    {
        Find(arguments.Id);
        return ValueTask.CompletedTask;
    }

    private static Chardev Make(string id, ChardevBackend backend, Func<ChardevSpec, Chardev> make)
    {
        try
        {
            ChardevChecks.Check(backend);
            return make(new ChardevSpec(id, backend));
        }
        catch (Exception e) when (e is VisitorException or TransportException)
        {
            throw new CommandException($"Failed to add chardev '{id}': {e.Message}");
        }
    }

    private static byte[] FromBase64(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw new CommandException("Base64 data contains invalid characters");
        }
    }

    private Chardev Find(string id) =>
        chardevs.Find(id) ?? throw new CommandException($"Chardev '{id}' not found");

    private RingBuffer Ring(string id)
    {
        Chardev found = chardevs.Find(id)
            ?? throw new CommandException($"Device '{id}' not found");
        return found.Ring ?? throw new CommandException($"{id} is not a ringbuf device");
    }
}
