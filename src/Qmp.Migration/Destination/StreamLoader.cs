using System.Buffers.Binary;
using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Migration.MappedRam;
using Qmp.Migration.Multifd;
using Qmp.Migration.Options;
using Qmp.Migration.ReturnPath;
using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Migration.Stream;
using Qmp.Migration.Switchover;
using Qmp.Types;
using Serilog;

namespace Qmp.Migration.Destination;

/// <summary>Loads one main stream, section by section. Texts and order of checks are QEMU's.</summary>
internal sealed class StreamLoader
{
    private static readonly Dictionary<StreamCommand, (string Name, int? Length)> Commands = new()
    {
        [StreamCommand.OpenReturnPath] = ("OPEN_RETURN_PATH", 0),
        [StreamCommand.Ping] = ("PING", 4),
        [StreamCommand.PostcopyAdvise] = ("POSTCOPY_ADVISE", null),
        [StreamCommand.PostcopyListen] = ("POSTCOPY_LISTEN", 0),
        [StreamCommand.PostcopyRun] = ("POSTCOPY_RUN", 0),
        [StreamCommand.PostcopyRamDiscard] = ("POSTCOPY_RAM_DISCARD", null),
        [StreamCommand.Packaged] = ("PACKAGED", 4),
        [StreamCommand.EnableColo] = ("ENABLE_COLO", 0),
        [StreamCommand.PostcopyResume] = ("POSTCOPY_RESUME", 0),
        [StreamCommand.ReceivedBitmap] = ("RECV_BITMAP", null),
        [StreamCommand.SwitchoverStart] = ("SWITCHOVER_START", 0),
    };

    private const string Hint =
        "Make sure that your current VM setup matches your saved VM setup, including any hotplugged devices";

    private readonly IMigrationChannel _channel;
    private readonly SaveStateEntries _entries;
    private readonly VirtualMachine _machine;
    private readonly MigrationOptions _options;
    private readonly ILogger _logger;
    private readonly MigrationReader _reader;
    private readonly LoadContext _context;
    private readonly Dictionary<SaveStateEntry, StateLoader> _loaders = [];
    private readonly Dictionary<uint, Section> _sections = [];
    private readonly FaultSite _faults;
    private bool _advised;

    public StreamLoader(
        IMigrationChannel channel,
        byte[] start,
        SaveStateEntries entries,
        VirtualMachine machine,
        MigrationOptions options,
        MultifdReceiver? multifd,
        WorkerPool<MappedRun>? fileReaders,
        FaultSite faults,
        Waker interruption,
        ILogger logger)
    {
        _channel = channel;
        _entries = entries;
        _machine = machine;
        _options = options;
        _logger = logger;
        _reader = new MigrationReader(channel, start);
        _faults = faults;
        Acks = new SwitchoverAcks(options.Has(MigrationCapability.SwitchoverAck), options.AckMode, entries, logger);
        _context = new LoadContext(machine.Timeline, options, ApproveAsync, interruption, multifd)
        {
            File = options.Has(MigrationCapability.MappedRam) ? channel as ISeekableChannel : null,
            FileReaders = fileReaders,
        };
    }

    /// <summary>The return path, once the source has asked for it.</summary>
    public ReturnPathWriter? ReturnPath { get; private set; }

    /// <summary>The devices' approvals of the switchover.</summary>
    public SwitchoverAcks Acks { get; }

    /// <summary>When the source was told that it may switch over, in milliseconds.</summary>
    public long? AcknowledgedAt { get; private set; }

    /// <summary>Offset in the stream of what comes next.</summary>
    public long Position => _reader.Position;

    /// <summary>Looks at the stream's first word, which says what kind of channel it is.</summary>
    /// <returns>What is wrong with it, or <see langword="null"/>.</returns>
    public async ValueTask<string?> FindBeginningAsync()
    {
        await _reader.NeedAsync(sizeof(uint));
        if (_reader.Available < sizeof(uint)) return "Failed to peek at channel";
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(_reader.Buffered);
        return magic == StreamHeader.Magic ? null : $"unknown channel magic: {magic}";
    }

    /// <summary>Loads everything, up to and with the vmdesc.</summary>
    /// <exception cref="LoadException">The stream is refused, or ended early.</exception>
    /// <exception cref="ChannelException">The return path is gone.</exception>
    public async ValueTask LoadAsync()
    {
        await _faults.AtAsync(FaultPoint.Header);
        await StreamHeader.ReadAsync(_reader, _machine.Identity, _options, _logger);
        await _faults.AtAsync(FaultPoint.HeaderDone);
        while (await LoadNextAsync())
        {
        }

        await DropDescriptionAsync();
    }

    private async ValueTask<bool> LoadNextAsync()
    {
        await _reader.NeedAsync(1);
        byte type = _reader.GetByte();
        if (_reader.Failed) throw new LoadException(Errno.InputOutput);
        switch ((SectionType)type)
        {
            case SectionType.Start or SectionType.Full:
                await LoadFirstAsync();
                return true;

            case SectionType.Part or SectionType.End:
                await LoadFurtherAsync();
                return true;

            case SectionType.Command:
                await RunCommandAsync();
                return true;

            case SectionType.EndOfFile:
                return false;

            default:
                throw new LoadException(Errno.Invalid, $"Unknown savevm section type {type}").Newer($"Unknown section type {type}");
        }
    }

    // A section that names its device.
    private async ValueTask LoadFirstAsync()
    {
        await _reader.NeedAsync(5);
        uint id = _reader.GetBe32();
        if (_reader.Available > 0) await _reader.NeedAsync(1 + _reader.Buffered[0]);
        string name = _reader.GetCountedString(out bool complete);
        if (!complete) throw new LoadException(Errno.Invalid, $"Unable to read ID string for section {id}");
        await _reader.NeedAsync(8);
        uint instance = _reader.GetBe32();
        uint version = _reader.GetBe32();
        if (_reader.Failed)
        {
            throw new LoadException(
                Errno.InputOutput, "qemu_loadvm_section_start_full: Failed to read instance/version ID: -5");
        }

        SaveStateEntry? entry = _entries.Find(name, instance);
        if (entry is null)
        {
            throw new LoadException(
                Errno.Invalid,
                $"Unknown savevm section or instance '{name}' {instance}. {Hint}").Newer(
                $"Unknown section or instance '{name}' {instance}. {Hint}");
        }

        if (version > (uint)entry.Version)
        {
            throw new LoadException(
                Errno.Invalid, $"savevm: unsupported version {version} for '{name}' v{entry.Version}").Newer(
                $"unsupported version {version} for '{name}' v{entry.Version}");
        }

        if (!_loaders.TryGetValue(entry, out StateLoader? loader))
        {
            loader = entry.CreateLoader(_context);
            _loaders.Add(entry, loader);
        }

        var section = new Section(id, entry, loader, (int)version);
        _sections[id] = section;
        string what = $"error while loading state for instance 0x{instance:x} of device '{name}'";
        await LoadBodyAsync(section, what, what + ": ");
    }

    // A section of a device that an earlier one named.
    private async ValueTask LoadFurtherAsync()
    {
        await _reader.NeedAsync(4);
        uint id = _reader.GetBe32();
        if (_reader.Failed)
        {
            throw new LoadException(
                Errno.InputOutput, "qemu_loadvm_section_part_end: Failed to read section ID: -5");
        }

        if (!_sections.TryGetValue(id, out Section? section))
        {
            throw new LoadException(Errno.Invalid, $"Unknown savevm section {id}").Newer($"Unknown section {id}");
        }

        await LoadBodyAsync(section, $"error while loading state section id {id}({section.Entry.Name})", "");
    }

    // Newer releases say less of what they load.
    private async ValueTask LoadBodyAsync(Section section, string what, string newer)
    {
        SaveStateEntry entry = section.Entry;
        _logger.Debug("vmstate_load {Device} {Section}", entry.Name, section.Id);
        await _faults.AtAsync(entry.LoadPoints.Before);
        try
        {
            await section.Loader.LoadAsync(_reader, section.Version);
        }
        catch (LoadException e)
        {
            throw e.While(what).NewerInBody(newer, section.Version);
        }

        await _reader.NeedAsync(5);
        byte mark = _reader.GetByte();
        if (_reader.Failed)
        {
            throw BadFooter("check_section_footer: Read section footer failed: -5");
        }

        if (mark != (byte)SectionType.Footer)
        {
            throw BadFooter($"Missing section footer for {entry.Name}");
        }

        uint footer = _reader.GetBe32();
        if (footer != section.Id)
        {
            throw BadFooter($"Mismatched section id in footer for {entry.Name} - read 0x{footer:x} expected 0x{section.Id:x}");
        }

        LoadException BadFooter(string reason) =>
            new LoadException(Errno.Invalid, reason).Newer($"Section footer error, section_id: {section.Id}", prints: true);

        // A footer cut short after its zeros still matches section 0; the next read says what is wrong.
        await _faults.AtAsync(entry.LoadPoints.After);
    }

    private async ValueTask RunCommandAsync()
    {
        await _reader.NeedAsync(4);
        var command = (StreamCommand)_reader.GetBe16();
        ushort length = _reader.GetBe16();
        if (_reader.Failed) throw new LoadException(Errno.InputOutput);
        if (!Commands.TryGetValue(command, out (string Name, int? Length) expected))
        {
            throw new LoadException(
                Errno.Invalid, $"MIG_CMD 0x{(ushort)command:x} unknown (len 0x{length:x})");
        }

        if (expected.Length is { } right && right != length)
        {
            throw new LoadException(
                Errno.Range, $"{expected.Name} received with bad length - expecting {right}, got {length}");
        }

        _logger.Debug("loadvm_process_command {Command} {Length}", expected.Name, length);
        await _reader.NeedAsync(length);
        switch (command)
        {
            case StreamCommand.OpenReturnPath:
                await OpenReturnPathAsync();
                break;

            case StreamCommand.Ping:
                uint value = _reader.GetBe32();
                if (ReturnPath is null)
                {
                    throw new LoadException(
                        Errno.NotPermitted, $"CMD_PING (0x{value:x}) received with no return path");
                }

                await PongAsync(value);
                break;

            case StreamCommand.SwitchoverStart:
                break;

            case StreamCommand.PostcopyAdvise:
                TakeAdvice(length);
                break;

            case StreamCommand.PostcopyListen or StreamCommand.PostcopyRun or StreamCommand.PostcopyRamDiscard:
                throw new LoadException(
                    Errno.NotPermitted, $"CMD_{expected.Name} in wrong postcopy state ({(_advised ? 1 : 0)})");

            case StreamCommand.PostcopyResume:
                _logger.Error("loadvm_postcopy_handle_resume: illegal resume received");
                break;

            case StreamCommand.EnableColo:
                throw new LoadException(
                    Errno.Invalid, "ENABLE_COLO command come in migration stream, but x-colo capability is not set").Newer(
                    $"MIG_CMD 0x{(ushort)command:x} deprecated (len 0x{length:x})");

            default:
                throw new LoadException(Errno.Invalid, $"{expected.Name} outside of postcopy");
        }
    }

    // Postcopy of RAM announces itself in 16 bytes; without any, only dirty bitmaps may follow later.
    private void TakeAdvice(ushort length)
    {
        if (_advised) throw new LoadException(Errno.NotPermitted, "CMD_POSTCOPY_ADVISE in wrong postcopy state (1)");
        _advised = true;
        switch (length)
        {
            case 0:
                break;

            case 16:
                throw new LoadException(Errno.Invalid, "RAM postcopy is disabled but have 16 byte advise");

            default:
                throw new LoadException(Errno.Invalid, $"CMD_POSTCOPY_ADVISE invalid length ({length})");
        }
    }

    private async ValueTask OpenReturnPathAsync()
    {
        if (ReturnPath is not null)
        {
            _logger.Error("CMD_OPEN_RETURN_PATH called when RP already open");
            return;
        }

        ReturnPath = new ReturnPathWriter(_channel, _machine.Timeline, _faults);
        if (Acks.NobodyWaits) await AcknowledgeAsync();
    }

    // A file cannot be answered, and a source that is gone is noticed by what it no longer sends.
    private async ValueTask PongAsync(uint value)
    {
        try
        {
            await ReturnPath!.PongAsync(value);
        }
        catch (ChannelException e)
        {
            _logger.Debug("migrate_send_rp_pong {Error:l}", e.Message);
        }
    }

    private async ValueTask ApproveAsync(string approver)
    {
        if (Acks.Approve(approver) && ReturnPath is not null) await AcknowledgeAsync();
    }

    private async ValueTask AcknowledgeAsync()
    {
        await _faults.AtAsync(FaultPoint.Gate);
        await ReturnPath!.SwitchoverAckAsync();
        AcknowledgedAt = _machine.Timeline.NowMilliseconds;
        await _faults.AtAsync(FaultPoint.GateDone);
    }

    // Nothing in it matters to a loader, but a source sends it, and has to get it out.
    private async ValueTask DropDescriptionAsync()
    {
        await _reader.NeedAsync(1);
        byte type = _reader.GetByte();
        if (type != (byte)SectionType.VmDescription)
        {
            _logger.Warning("Expected vmdescription section, but got {Type}", type);
            return;
        }

        await _reader.NeedAsync(4);
        await _reader.DiscardAsync(_reader.GetBe32());
    }

    /// <summary>Changes a byte of what is loaded next.</summary>
    public void CorruptNext() => _reader.CorruptNext();

    /// <summary>Whether the stream ended or broke before its end.</summary>
    public bool StreamFailed => _reader.Failed;

    // What a number in the stream stands for.
    private sealed record Section(uint Id, SaveStateEntry Entry, StateLoader Loader, int Version);
}
