using Qmp.Emulator.Files;
using Qmp.Linux;
using Qmp.Protocol.Transport;
using Qmp.Tls.Objects;
using Qmp.Types;

namespace Qmp.Emulator.Chardevs;

/// <summary>Opens character devices as the host has them: sockets, terminals, files.</summary>
/// <param name="descriptors">Descriptors that clients have passed.</param>
/// <param name="tls">Finds TLS credentials.</param>
/// <param name="report">Is told that nobody listens yet, where dialling goes on.</param>
internal sealed class HostChardevs(PassedDescriptors descriptors, ITlsObjects tls, Action<string> report)
{
    private const int WriteOnly = 1; // O_WRONLY
    private const int ReadWrite = 2; // O_RDWR
    private const int Create = 0x40; // O_CREAT
    private const int Truncate = 0x200; // O_TRUNC
    private const int Append = 0x400; // O_APPEND
    private const uint FileMode = 0x1b6; // 0666
    private const int DefaultRingSize = 64 << 10;

    /// <summary>Opens a device.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="backend">What it is; checked already.</param>
    /// <exception cref="TransportException">It cannot be opened; the text is QEMU's.</exception>
    public OpenedChardev Open(string id, ChardevBackend backend) => backend switch
    {
        ChardevBackend.Socket { Value.Data: var socket } => new SocketChardev(descriptors, tls, report).Open(id, socket),
        ChardevBackend.Stdio => new OpenedChardev(new SingleConnection(PipeConnection.StandardStreams(), isBlocking: true)),
        ChardevBackend.Pty { Value.Data: var terminal } => OpenTerminal(terminal),
        ChardevBackend.File { Value.Data: var file } => new OpenedChardev(OpenFile(file)),
        ChardevBackend.Pipe { Value.Data: var pipe } => new OpenedChardev(OpenPipe(pipe.Device)),
        ChardevBackend.Ringbuf { Value.Data: var ring } => OpenRing(id, ring),
        ChardevBackend.Memory { Value.Data: var ring } => OpenRing(id, ring),
        _ => new OpenedChardev(new OneWayConnections(id, send: null)),
    };

    private static OpenedChardev OpenTerminal(ChardevPty terminal)
    {
        TerminalConnections opened = TerminalConnections.Open(terminal.Path);
        return new OpenedChardev(opened) { File = $"pty:{opened.Name}", Terminal = opened.Name };
    }

    private static OpenedChardev OpenRing(string id, ChardevRingbuf options)
    {
        var ring = new RingBuffer((int)(options.Size ?? DefaultRingSize));
        return new OpenedChardev(new OneWayConnections(id, ring.Write)) { Ring = ring };
    }

    // Without a file to read from, nothing is ever said: the end of the input would be the end of the connection.
    private static IConnectionSource OpenFile(ChardevFile file)
    {
        int mode = WriteOnly | Create | (file.Append == true ? Append : Truncate);
        DescriptorHandle output = OpenOrFail(file.Out, mode);
        if (file.In is null) return new OneWayConnections(file.Out, bytes => WriteAll(output, bytes));
        try
        {
            return new SingleConnection(new PipeConnection(OpenOrFail(file.In, 0), output, file.Out), isBlocking: true);
        }
        catch
        {
            output.Dispose();
            throw;
        }
    }

    // A pair of FIFOs, or one file for both directions. Opened for both, a FIFO has no end.
    private static SingleConnection OpenPipe(string path)
    {
        DescriptorHandle? input = Qmp.Linux.Files.Open(path + ".in", ReadWrite, 0, out _);
        DescriptorHandle? output = Qmp.Linux.Files.Open(path + ".out", ReadWrite, 0, out _);
        if (input is not null && output is not null)
        {
            return new SingleConnection(new PipeConnection(input, output, path), isBlocking: true);
        }

        input?.Dispose();
        output?.Dispose();
        DescriptorHandle both = OpenOrFail(path, ReadWrite);
        return new SingleConnection(new PipeConnection(both, both, path), isBlocking: true);
    }

    private static DescriptorHandle OpenOrFail(string path, int flags) =>
        Qmp.Linux.Files.Open(path, flags, FileMode, out int error)
        ?? throw new TransportException($"Could not open '{path}': {Errno.Text(error)}");

    // What a full disk does not take is lost, as in QEMU.
    private static void WriteAll(DescriptorHandle file, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0 && Qmp.Linux.Files.Write(file, bytes) is var written and > 0) bytes = bytes[written..];
    }
}
