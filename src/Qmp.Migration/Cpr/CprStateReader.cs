using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Qmp.Migration.Channels;
using Qmp.Migration.Rules;
using Qmp.Migration.Status;
using Serilog;

namespace Qmp.Migration.Cpr;

/// <summary>Reads what <see cref="CprStateWriter"/> writes. Texts are QEMU's.</summary>
internal sealed class CprStateReader(ICprReader channel, MigrationRules rules, ILogger logger)
{
    /// <summary>No name of a memory region comes near it.</summary>
    private const int LongestName = 64 * 1024;

    private readonly byte[] _buffer = new byte[4096];
    private int _at;
    private int _end;
    private bool _ended;

    /// <exception cref="MigrationException">It is no such state.</exception>
    /// <exception cref="ChannelException">The connection broke.</exception>
    public CprState Read()
    {
        uint magic = Word();
        if (magic != CprStateWriter.Magic) throw new MigrationException(Text($"Not a migration stream (bad magic {magic:x})"));
        uint version = Word();
        if (version != CprStateWriter.Version) throw new MigrationException(Text($"Unsupported migration stream version {(int)version}"));
        var state = new CprState();
        try
        {
            while (Next() != 0) ReadDescriptor(state);
            if (_ended) throw Failure("CprState:fds", Errno.InputOutput);
            ReadSubsections();
            return state;
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    private void ReadDescriptor(CprState state)
    {
        uint length = Word();
        if (_ended) throw FailureOfDescriptor("namelen");
        string name = Name(length) ?? throw FailureOfDescriptor("name");
        int id = (int)Word();
        if (_ended) throw FailureOfDescriptor("id");
        if (Descriptor() is { } descriptor) state.Receive(new CprDescriptor(name, id, descriptor));
        else if (_ended) throw FailureOfDescriptor("fd");
    }

    // What is there beside the list. A reader of the release before knows of none.
    private void ReadSubsections()
    {
        while (Peek() == CprStateWriter.Subsection)
        {
            Next();
            byte[] name = new byte[Next()];
            for (int i = 0; i < name.Length; i++) name[i] = Next();
            uint version = Word();
            bool isKnown = rules.ListsCprDevices && version == CprStateWriter.Version && Encoding.UTF8.GetString(name) == CprStateWriter.VfioDevices;
            if (!isKnown || _ended) throw Failure(null, Errno.NoEntry);
            if (Next() != 0) throw new MigrationException("VFIO devices of the host are not supported by this emulator");
            if (_ended) throw Failure(null, Errno.NoEntry);
        }
    }

    // The descriptor has come when the byte that carries it has.
    private Linux.DescriptorHandle? Descriptor()
    {
        if (!rules.ListsCprDevices)
        {
            if (Peek() < 0) _ended = true;
            if (_ended) return null;
            Linux.DescriptorHandle? found = channel.TakeDescriptor();
            if (found is not null) Next();
            return found; // without one, what follows is read from that byte on, as in QEMU
        }

        byte carrier = Next();
        if (_ended || carrier != CprStateWriter.Carrier)
        {
            logger.Error("{Problem:l}", Text($"cpr-in unexpected service byte: {carrier}("));
            _ended = false;
            return null;
        }

        if (channel.TakeDescriptor() is { } descriptor) return descriptor;
        logger.Error("{Problem:l}", "cpr-in no FD come with service byte");
        return null;
    }

    private string? Name(uint length)
    {
        if (length > LongestName) return null;
        byte[] name = new byte[length];
        for (int i = 0; i < name.Length && !_ended; i++) name[i] = Next();
        int end = Array.IndexOf(name, (byte)0);
        return _ended ? null : Encoding.UTF8.GetString(name, 0, end < 0 ? name.Length : end);
    }

    private uint Word()
    {
        Span<byte> word = stackalloc byte[sizeof(uint)];
        for (int i = 0; i < word.Length; i++) word[i] = Next();
        return BinaryPrimitives.ReadUInt32BigEndian(word);
    }

    // Beyond the end there are zeros.
    private byte Next()
    {
        int next = Peek();
        if (next < 0) _ended = true;
        else _at++;
        return next < 0 ? (byte)0 : (byte)next;
    }

    private int Peek()
    {
        if (_at == _end) (_at, _end) = (0, channel.Read(_buffer));
        return _at == _end ? -1 : _buffer[_at];
    }

    private MigrationException FailureOfDescriptor(string field) => rules.ListsCprDevices
        ? Failure("cpr fd", Errno.InputOutput)
        : new MigrationException(string.Join('\n', $"Failed to load cpr fd:{field}", "fds: failed to load cpr fd (-5)", Failure("CprState:fds", Errno.InputOutput).Message));

    private MigrationException Failure(string? what, Errno error)
    {
        string of = what is null ? "" : Text($"Failed to load {what}\n");
        return new MigrationException(
            rules.ListsCprDevices ? Text($"Failed to load {(what ?? "CprState").Split(':')[0]} state: stream error: {-(int)error}") : Text($"{of}vmstate_load_state error {-(int)error}"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
