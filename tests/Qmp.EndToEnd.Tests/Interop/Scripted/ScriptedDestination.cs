using System.Buffers.Binary;
using System.Net.Sockets;

namespace Qmp.EndToEnd.Tests.Interop.Scripted;

/// <summary>A destination that a test scripts: it loads a stream, and answers what the test tells it to.</summary>
/// <remarks>Shares no code with the product. Knows the sections of a machine that has nothing but memory.</remarks>
internal sealed class ScriptedDestination : IDisposable
{
    private const int Page = 4096;

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Dictionary<uint, string> _sections = [];
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _iterating = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<ushort> _commands = [];
    private readonly Task _serving;
    private Socket? _source;

    /// <summary>Listens from now on.</summary>
    public ScriptedDestination(string path)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(1);
        Uri = $"unix:{path}";
        _serving = Task.Run(Serve);
    }

    /// <summary>Where sources migrate to.</summary>
    public string Uri { get; }

    /// <summary>Ends when the source has opened the return path.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Ends when the source has sent the first part of its memory.</summary>
    public Task Iterating => _iterating.Task;

    /// <summary>Ends when everything has been loaded; fails if what came was no stream, or ended early.</summary>
    public Task Loaded => _loaded.Task;

    /// <summary>What has been loaded of the block <c>ram</c>.</summary>
    public byte[] Memory { get; private set; } = [];

    /// <summary>The source's run state before it stopped.</summary>
    public string? RunState { get; private set; }

    /// <summary>The numbers of the commands that came. Complete when loaded.</summary>
    public IReadOnlyList<ushort> Commands => _commands;

    /// <summary>Sends a message.</summary>
    public void Send(ushort type, params byte[] data)
    {
        byte[] message = [0, 0, 0, 0, .. data];
        BinaryPrimitives.WriteUInt16BigEndian(message, type);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)data.Length);
        SendBytes(message);
    }

    /// <summary>Sends bytes as they are.</summary>
    public void SendBytes(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[_source!.Send(bytes)..];
    }

    /// <summary>Says that no device holds the switchover up.</summary>
    public void Acknowledge() => Send(7);

    /// <summary>Says that the end has come.</summary>
    /// <param name="error">0 if all is well.</param>
    public void Shut(byte error) => Send(1, 0, 0, 0, error);

    /// <summary>Hangs up.</summary>
    public void Close() => _source!.Dispose();

    public void Dispose()
    {
        _listener.Dispose();
        _source?.Dispose();
        _serving.Wait();
    }

    private void Serve()
    {
        try
        {
            _source = _listener.Accept();
            Load(new WireReader(new NetworkStream(_source)));
            _loaded.TrySetResult();
        }
        catch (Exception e)
        {
            foreach (TaskCompletionSource ended in (TaskCompletionSource[])[_opened, _iterating, _loaded])
            {
                ended.TrySetException(e);
                _ = ended.Task.Exception;
            }
        }
    }

    private void Load(WireReader reader)
    {
        Expect("magic", 0x5145564d, reader.U32());
        Expect("version", 3, reader.U32());
        Expect("type", 7, reader.U8());
        Assert.That(reader.Text((int)reader.U32()), Is.EqualTo("none"));
        while (LoadNext(reader))
        {
        }

        Expect("type of the description", 6, reader.U8());
        reader.Bytes((int)reader.U32());
    }

    private bool LoadNext(WireReader reader)
    {
        byte type = reader.U8();
        switch (type)
        {
            case 0:
                return false;
            case 8:
                LoadCommand(reader);
                return true;
            case 1 or 4:
                uint id = reader.U32();
                _sections[id] = reader.CountedText();
                reader.U32();
                reader.U32();
                LoadBody(reader, id);
                return true;
            case 2 or 3:
                LoadBody(reader, reader.U32());
                if (type == 2) _iterating.TrySetResult();
                return true;
            default:
                throw new InvalidDataException($"section type {type}");
        }
    }

    private void LoadCommand(WireReader reader)
    {
        ushort command = reader.U16();
        reader.Bytes(reader.U16());
        _commands.Add(command);
        if (command == 1) _opened.TrySetResult();
    }

    private void LoadBody(WireReader reader, uint id)
    {
        switch (_sections[id])
        {
            case "ram":
                LoadRam(reader);
                break;
            case "timer":
                reader.Bytes(24);
                break;
            case "globalstate":
                uint length = reader.U32();
                RunState = System.Text.Encoding.ASCII.GetString(reader.Bytes(100), 0, (int)length - 1);
                break;
            default:
                throw new InvalidDataException($"section {_sections[id]}");
        }

        Expect("footer", 0x7e, reader.U8());
        Expect("footer's id", id, reader.U32());
    }

    private void LoadRam(WireReader reader)
    {
        while (true)
        {
            ulong word = reader.U64();
            ulong flags = word & (Page - 1);
            long offset = (long)(word - flags);
            switch (flags & ~0x20UL)
            {
                case 0x02:
                    SkipName(reader, flags);
                    reader.U8();
                    Memory.AsSpan((int)offset, Page).Clear();
                    break;
                case 0x08:
                    SkipName(reader, flags);
                    reader.Into(Memory.AsSpan((int)offset, Page));
                    break;
                case 0x04:
                    Assert.That(reader.CountedText(), Is.EqualTo("ram"));
                    Memory = new byte[reader.U64()];
                    Expect("total", offset, Memory.Length);
                    break;
                case 0x10:
                    return;
                default:
                    throw new InvalidDataException($"RAM flags {flags:x}");
            }
        }
    }

    private static void SkipName(WireReader reader, ulong flags)
    {
        if ((flags & 0x20) == 0) reader.CountedText();
    }

    private static void Expect(string what, long expected, long actual)
    {
        if (expected != actual) throw new InvalidDataException($"{what}: {actual:x}, not {expected:x}");
    }
}
