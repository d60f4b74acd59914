using Qmp.Machine.Memory;
using Qmp.Migration.Status;
using Qmp.Migration.Stream;

namespace Qmp.Migration.Postcopy;

/// <summary>A destination's way through postcopy, and the commands that take it along. Texts and order of checks are QEMU's.</summary>
/// <param name="memory">Guest memory.</param>
/// <param name="missing">Its pages that have yet to come.</param>
/// <param name="isOn">Whether the capability is on.</param>
internal sealed class IncomingPostcopy(GuestMemory memory, MissingMemory missing, bool isOn)
{
    private const int AdviceLength = 16;
    private const int RangeLength = 16;

    private readonly Lock _gate = new(); // guards what follows
    private PostcopyState _state;
    private bool _hasFailed;
    private bool _isComplete;

    /// <summary>The pages that have yet to come.</summary>
    public MissingMemory Missing { get; } = missing;

    /// <summary>How far it has come.</summary>
    public PostcopyState State
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    /// <summary>Whether the guest may run: only its memory is missing, if anything is.</summary>
    public bool IsHandedOver => State >= PostcopyState.Running;

    /// <summary>The source may change to postcopy. RAM announces itself in 16 bytes; without any, only dirty bitmaps may follow.</summary>
    public void Advise(MigrationReader reader, int length)
    {
        Enter("POSTCOPY_ADVISE", PostcopyState.Advised, PostcopyState.None);
        switch (length)
        {
            case 0 when isOn:
                throw new LoadException(Errno.Invalid, "RAM postcopy is enabled but have 0 byte advise");

            case 0:
                return;

            case AdviceLength when !isOn:
                throw new LoadException(Errno.Invalid, "RAM postcopy is disabled but have 16 byte advise");

            case AdviceLength:
                break;

            default:
                throw new LoadException(Errno.Invalid, $"CMD_POSTCOPY_ADVISE invalid length ({length})");
        }

        ulong sizes = reader.GetBe64();
        if (sizes != RamBlock.PageSize)
        {
            throw new LoadException(
                Errno.NotPermitted, $"Postcopy needs matching RAM page sizes (s={sizes:x} d={RamBlock.PageSize:x})");
        }

        ulong size = reader.GetBe64();
        if (size != RamBlock.PageSize)
        {
            throw new LoadException(
                Errno.NotPermitted, $"Postcopy needs matching target page sizes (s={(int)size} d={RamBlock.PageSize})");
        }
    }

    /// <summary>Pages that were not sent, or were written since they were.</summary>
    public void Discard(MigrationReader reader, int length)
    {
        const string Name = "CMD_POSTCOPY_RAM_DISCARD";
        Enter("POSTCOPY_RAM_DISCARD", PostcopyState.Discarding, PostcopyState.Advised, PostcopyState.Discarding);
        if (length < 4 + RangeLength) throw Refused($"{Name} invalid length ({length})");
        byte version = reader.GetByte();
        if (version != 0) throw Refused($"{Name} invalid version ({version})");
        string id = reader.GetCountedString(out bool complete);
        if (!complete) throw Refused($"{Name} Failed to read RAMBlock ID");
        byte nil = reader.GetByte();
        if (nil != 0) throw Refused($"{Name} missing nil ({nil})");
        length -= 3 + id.Length;
        if (length < 0 || length % RangeLength != 0) throw Refused($"{Name} invalid length ({length})");
        for (; length > 0; length -= RangeLength) Discard(id, reader.GetBe64(), reader.GetBe64());
    }

    /// <summary>From now on what comes is read beside the devices' state.</summary>
    public void Listen()
    {
        Enter("POSTCOPY_LISTEN", PostcopyState.Listening, PostcopyState.Advised, PostcopyState.Discarding);
        if (isOn) Missing.Arm();
    }

    /// <summary>The guest may run.</summary>
    public void Run()
    {
        lock (_gate)
        {
            if (_hasFailed) throw new LoadException(Errno.InputOutput);
            Enter("POSTCOPY_RUN", _isComplete ? PostcopyState.Ended : PostcopyState.Running, PostcopyState.Listening);
        }
    }

    /// <summary>What comes beside the devices' state has ended too early.</summary>
    /// <returns>Whether the load has failed; once the guest may run, it has not.</returns>
    public bool TryFail()
    {
        lock (_gate)
        {
            if (_state == PostcopyState.Running) return false;
            return _hasFailed = true;
        }
    }

    /// <summary>All pages are here, which may be before the guest may run.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isComplete = true;
            if (_state == PostcopyState.Running) _state = PostcopyState.Ended;
        }

        Missing.Complete();
    }

    private void Discard(string id, ulong start, ulong length)
    {
        RamBlock block = memory.Find(id) ?? throw Refused($"ram_discard_range: Failed to find block '{id}'");
        if (start % RamBlock.PageSize != 0)
        {
            throw Refused($"ram_block_discard_range: Unaligned start address: 0x{(ulong)block.Address + start:x}");
        }

        if (start > block.Length || length > block.Length - start)
        {
            throw Refused($"ram_block_discard_range: Overrun block '{id}' ({start}/{length:x}/{block.Length:x})");
        }

        if (length % RamBlock.PageSize != 0) throw Refused($"ram_block_discard_range: Unaligned length: {length:x}");
        Missing.Discard(block, (long)(start / RamBlock.PageSize), (long)(length / RamBlock.PageSize));
    }

    private void Enter(string command, PostcopyState next, params ReadOnlySpan<PostcopyState> from)
    {
        lock (_gate)
        {
            if (!from.Contains(_state)) throw Refused($"CMD_{command} in wrong postcopy state ({(int)_state})");
            _state = next;
        }
    }

    private static LoadException Refused(string reason) => new(Errno.NotPermitted, reason);
}
