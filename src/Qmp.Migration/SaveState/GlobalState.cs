using System.Text;
using Qmp.Machine;
using Qmp.Migration.SaveState.VmState;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.SaveState;

/// <summary>The run state that a guest had before it was stopped, as the section <c>globalstate</c> carries it.</summary>
public sealed class GlobalState
{
    private const int TextSize = 32;

    private readonly VirtualMachine _machine;
    private readonly byte[] _text = new byte[TextSize];
    private bool _wasSuspended;

    /// <summary>The state of one machine.</summary>
    public GlobalState(VirtualMachine machine)
    {
        _machine = machine;
        Entry = new VmStateEntry(new VmStateDescription
        {
            Name = "globalstate",
            Version = 1,
            MinimumVersion = 1,
            Fields =
            [
                VmStateField.UInt32("size", () => (uint)TextLength + 1, _ => { }),
                VmStateField.Buffer("runstate", TextSize, _text.CopyTo, bytes => bytes.CopyTo(_text)),
                VmStateField.UInt8("has_vm_was_suspended", () => 1, _ => { }),
                VmStateField.UInt8("vm_was_suspended", () => _wasSuspended ? (byte)1 : (byte)0, value => _wasSuspended = value != 0),
                VmStateField.Unused(66, "buffer"),
            ],
            PostLoad = PostLoad,
        });
    }

    /// <summary>The entry that sends and loads it.</summary>
    public VmStateEntry Entry { get; }

    /// <summary>The run state of the source, or <see langword="null"/> if its stream did not say.</summary>
    public RunState? Received { get; private set; }

    private int TextLength => _text.AsSpan().IndexOf((byte)0) is var end && end >= 0 ? end : TextSize;

    /// <summary>Keeps the run state that the machine has now.</summary>
    public void Store()
    {
        Array.Clear(_text);
        Encoding.ASCII.GetBytes(_machine.RunState.ToWireName(), _text);
        _wasSuspended = _machine.WasSuspended;
    }

    private void PostLoad()
    {
        // The last byte counts as the end, whatever it is.
        string text = Encoding.Latin1.GetString(_text, 0, Math.Min(TextLength, TextSize - 1));
        if (!RunStateExtensions.TryParse(text, out RunState state))
        {
            throw new LoadException(Errno.Invalid, $"invalid parameter value: {text}") { IsOfFields = true };
        }

        Received = state;
        _machine.WasSuspended = _wasSuspended || state == RunState.Suspended;
    }
}
