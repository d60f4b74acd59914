using System.Buffers.Binary;
using System.Collections.Concurrent;
using Qmp.Machine;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Migration.MappedRam;
using Qmp.Migration.Multifd;
using Qmp.Migration.Options;
using Qmp.Migration.Postcopy;
using Qmp.Migration.Ram;
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
    private const string Hint =
        "Make sure that your current VM setup matches your saved VM setup, including any hotplugged devices";

    private IMigrationChannel _channel;
    private readonly SaveStateEntries _entries;
    private readonly VirtualMachine _machine;
    private readonly MigrationOptions _options;
    private readonly ILogger _logger;
    private MigrationReader _reader;
    private readonly LoadContext _context;
    private readonly Dictionary<SaveStateEntry, StateLoader> _loaders = [];
    private readonly ConcurrentDictionary<uint, Section> _sections = new(); // in postcopy two activities read
    private readonly FaultSite _faults;
    private readonly Action _listen;
    private readonly Func<bool> _resume;

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
        Action listen,
        Func<bool> resume,
        ILogger logger)
    {
        _channel = channel;
        _entries = entries;
        _machine = machine;
        _options = options;
        _logger = logger;
        _reader = new MigrationReader(channel, start);
        _faults = faults;
        _listen = listen;
        _resume = resume;
        Postcopy = new IncomingPostcopy(
            machine.Memory, new MissingMemory(machine.Timeline, machine.Memory, logger), options.Has(MigrationCapability.PostcopyRam));
        var acks = new SwitchoverAcks(options.Has(MigrationCapability.SwitchoverAck), options.AckMode, entries, logger);
        ReturnPath = new IncomingReturnPath(machine.Timeline, acks, faults, logger);
        _context = new LoadContext(machine.Timeline, options, ReturnPath.ApproveAsync, interruption, multifd)
        {
            File = options.Has(MigrationCapability.MappedRam) ? channel as ISeekableChannel : null,
            FileReaders = fileReaders,
            Postcopy = Postcopy,
        };
    }

    /// <summary>What is said to the source.</summary>
    public IncomingReturnPath ReturnPath { get; }

    /// <summary>How far it has come in postcopy.</summary>
    public IncomingPostcopy Postcopy { get; }

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
        await LoadSectionsAsync(_reader);
        if (!Postcopy.IsHandedOver) await CommandReader.DropDescriptionAsync(_reader, _logger);
    }

    /// <summary>Loads what comes beside the devices' state, up to the end of the stream.</summary>
    /// <exception cref="LoadException">The stream is refused, or ended early.</exception>
    /// <exception cref="ChannelException">The return path is gone.</exception>
    public ValueTask LoadRestAsync() => LoadSectionsAsync(_reader);

    /// <summary>Loads pages that were asked for from a channel of their own, up to where the source ends it.</summary>
    /// <exception cref="LoadException">They do not fit, or the channel ended.</exception>
    public ValueTask LoadRequestedAsync(MigrationReader reader) =>
        new FollowingPages(_machine.Memory, Postcopy.Missing, takesBarriers: false).LoadAsync(reader);

    /// <summary>The connection is lost; what has to be said waits for another.</summary>
    public void Disconnect()
    {
        ReturnPath.Close();
        Postcopy.Missing.ReturnPath = null;
    }

    /// <summary>Goes on over another connection, which needs no beginning.</summary>
    public void Reconnect(IMigrationChannel channel)
    {
        _channel = channel;
        _reader = new MigrationReader(channel);
        ReturnPath.Reopen(channel);
    }

    // Up to the end of the stream, or to where the guest may run.
    private async ValueTask LoadSectionsAsync(MigrationReader reader)
    {
        while (await LoadNextAsync(reader))
        {
        }
    }

    private async ValueTask<bool> LoadNextAsync(MigrationReader reader)
    {
        await reader.NeedAsync(1);
        byte type = reader.GetByte();
        if (reader.Failed) throw new LoadException(Errno.InputOutput);
        switch ((SectionType)type)
        {
            case SectionType.Start or SectionType.Full:
                await LoadFirstAsync(reader);
                return true;

            case SectionType.Part or SectionType.End:
                await LoadFurtherAsync(reader);
                return true;

            case SectionType.Command:
                return await RunCommandAsync(reader);

            case SectionType.EndOfFile:
                return false;

            default:
                throw new LoadException(Errno.Invalid, $"Unknown savevm section type {type}").Newer($"Unknown section type {type}");
        }
    }

    // A section that names its device.
    private async ValueTask LoadFirstAsync(MigrationReader reader)
    {
        await reader.NeedAsync(5);
        uint id = reader.GetBe32();
        if (reader.Available > 0) await reader.NeedAsync(1 + reader.Buffered[0]);
        string name = reader.GetCountedString(out bool complete);
        if (!complete) throw new LoadException(Errno.Invalid, $"Unable to read ID string for section {id}");
        await reader.NeedAsync(8);
        uint instance = reader.GetBe32();
        uint version = reader.GetBe32();
        if (reader.Failed)
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
        await LoadBodyAsync(reader, section, what, what + ": ");
    }

    // A section of a device that an earlier one named.
    private async ValueTask LoadFurtherAsync(MigrationReader reader)
    {
        await reader.NeedAsync(4);
        uint id = reader.GetBe32();
        if (reader.Failed)
        {
            throw new LoadException(
                Errno.InputOutput, "qemu_loadvm_section_part_end: Failed to read section ID: -5");
        }

        if (!_sections.TryGetValue(id, out Section? section))
        {
            throw new LoadException(Errno.Invalid, $"Unknown savevm section {id}").Newer($"Unknown section {id}");
        }

        await LoadBodyAsync(reader, section, $"error while loading state section id {id}({section.Entry.Name})", "");
    }

    // Newer releases say less of what they load.
    private async ValueTask LoadBodyAsync(MigrationReader reader, Section section, string what, string newer)
    {
        SaveStateEntry entry = section.Entry;
        _logger.Debug("vmstate_load {Device} {Section}", entry.Name, section.Id);
        await _faults.AtAsync(entry.LoadPoints.Before);
        try
        {
            await section.Loader.LoadAsync(reader, section.Version);
        }
        catch (LoadException e)
        {
            throw e.While(what).NewerInBody(newer, section.Version);
        }

        await reader.NeedAsync(5);
        byte mark = reader.GetByte();
        if (reader.Failed)
        {
            throw BadFooter("check_section_footer: Read section footer failed: -5");
        }

        if (mark != (byte)SectionType.Footer)
        {
            throw BadFooter($"Missing section footer for {entry.Name}");
        }

        uint footer = reader.GetBe32();
        if (footer != section.Id)
        {
            throw BadFooter($"Mismatched section id in footer for {entry.Name} - read 0x{footer:x} expected 0x{section.Id:x}");
        }

        LoadException BadFooter(string reason) =>
            new LoadException(Errno.Invalid, reason).Newer($"Section footer error, section_id: {section.Id}", prints: true);

        // A footer cut short after its zeros still matches section 0; the next read says what is wrong.
        await _faults.AtAsync(entry.LoadPoints.After);
    }

    // False if the guest may run.
    private async ValueTask<bool> RunCommandAsync(MigrationReader reader)
    {
        (StreamCommand command, string name, ushort length) = await CommandReader.ReadAsync(reader);
        _logger.Debug("loadvm_process_command {Command} {Length}", name, length);
        await reader.NeedAsync(length);
        switch (command)
        {
            case StreamCommand.OpenReturnPath:
                await ReturnPath.OpenAsync(_channel);
                break;

            case StreamCommand.Ping:
                uint value = reader.GetBe32();
                if (ReturnPath.Writer is null)
                {
                    throw new LoadException(
                        Errno.NotPermitted, $"CMD_PING (0x{value:x}) received with no return path");
                }

                await ReturnPath.PongAsync(value);
                break;

            case StreamCommand.SwitchoverStart:
                break;

            case StreamCommand.PostcopyAdvise:
                Postcopy.Advise(reader, length);
                break;

            case StreamCommand.PostcopyRamDiscard:
                Postcopy.Discard(reader, length);
                break;

            case StreamCommand.Packaged:
                return await LoadPackageAsync(reader, reader.GetBe32());

            case StreamCommand.PostcopyListen or StreamCommand.PostcopyRun when ReferenceEquals(reader, _reader):
                // Two activities would read the same stream.
                throw new LoadException(Errno.NotPermitted, $"CMD_{name} in wrong postcopy state ({(int)Postcopy.State})");

            case StreamCommand.PostcopyListen:
                Postcopy.Listen();
                Postcopy.Missing.ReturnPath = ReturnPath.Writer;
                _listen();
                break;

            case StreamCommand.PostcopyRun:
                Postcopy.Run();
                return false;

            case StreamCommand.ReceivedBitmap:
                await TellReceivedAsync(reader, length);
                break;

            case StreamCommand.PostcopyResume:
                await ResumeAsync();
                break;

            default:
                throw new LoadException(
                    Errno.Invalid, "ENABLE_COLO command come in migration stream, but x-colo capability is not set").Newer(
                    $"MIG_CMD 0x{(ushort)command:x} deprecated (len 0x{length:x})");
        }

        return true;
    }

    // The devices' state, which is here before it is looked at: what is behind it is read meanwhile.
    private async ValueTask<bool> LoadPackageAsync(MigrationReader reader, uint length)
    {
        ReadOnlyMemory<byte> package = await CommandReader.ReadPackageAsync(reader, length);
        await LoadSectionsAsync(new MigrationReader(new MemoryChannel(package.Span)));
        if (Postcopy.State == PostcopyState.Listening) throw new LoadException(Errno.Invalid, "CMD_PACKAGED: nothing runs the guest");
        return !Postcopy.IsHandedOver;
    }

    private async ValueTask TellReceivedAsync(MigrationReader reader, ushort length)
    {
        string id = CommandReader.ReadBlockName(reader, length);
        RamBlock block = _machine.Memory.Find(id) ?? throw new LoadException(Errno.Invalid, $"RAM block '{id}' not found");
        if (ReturnPath.Writer is { } returnPath) await returnPath.ReceivedBitmapAsync(id, Postcopy.Missing.ReceivedBitmap(block));
    }

    // Pages that were asked for over the lost connection are asked for again.
    private async ValueTask ResumeAsync()
    {
        if (!_resume())
        {
            _logger.Error("loadvm_postcopy_handle_resume: illegal resume received");
            return;
        }

        Postcopy.Missing.ReturnPath = ReturnPath.Writer;
        await ReturnPath.Writer!.ResumeAckAsync();
        await _faults.AtAsync(FaultPoint.RecoverDone);
        await Postcopy.Missing.AskAgainAsync();
    }

    /// <summary>Changes a byte of what is loaded next.</summary>
    public void CorruptNext() => _reader.CorruptNext();

    /// <summary>Whether the stream ended or broke before its end.</summary>
    public bool StreamFailed => _reader.Failed;

    // What a number in the stream stands for.
    private sealed record Section(uint Id, SaveStateEntry Entry, StateLoader Loader, int Version);
}
