using System.Net.Sockets;
using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using Qmp.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Qmp.EndToEnd.Tests.Fuzz;

/// <summary>A machine in this process with one client on a real socket, which looks at every reply.</summary>
internal sealed class FuzzedMachine : ILogEventSink, IAsyncDisposable
{
    /// <summary>How many requests are told when a reply does not come.</summary>
    private const int Remembered = 200;

    private static readonly string[] Classes =
        ["GenericError", "CommandNotFound", "DeviceNotActive", "DeviceNotFound", "KVMMissingCap"];

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly StreamReader _reader;
    private readonly TestVm _vm;
    private readonly Queue<string> _asked = new();
    private string? _exception;

    private FuzzedMachine(string path, Func<FuzzedMachine, TestVm> start)
    {
        _vm = start(this);
        _socket.ReceiveTimeout = (int)Fuzzing.Patience.TotalMilliseconds / 2; // the sooner of the two names the request
        _socket.Connect(new UnixDomainSocketEndPoint(path));
        _reader = new StreamReader(new NetworkStream(_socket), Encoding.UTF8);
        _reader.ReadLine();
    }

    /// <summary>Starts a machine and negotiates.</summary>
    /// <param name="folder">For its socket.</param>
    /// <param name="words">The command line, without its monitor.</param>
    public static FuzzedMachine Start(string folder, params string[] words)
    {
        string path = Path.Combine(folder, "monitor");
        return new FuzzedMachine(path, machine =>
        {
            ILogger logger = new LoggerConfiguration().MinimumLevel.Warning().WriteTo.Sink(machine).CreateLogger();
            var options = new TestVmOptions { Logger = logger };
            return TestVm.StartAsync(options, [.. words, "-qmp", $"unix:{path},server=on,wait=off"]).GetAwaiter().GetResult();
        });
    }

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        if (logEvent.Exception is { } exception) _exception ??= $"{logEvent.RenderMessage()}: {exception}";
    }

    /// <summary>Sends a request, waits for its reply and checks what any reply must be.</summary>
    /// <returns>The reply, or <see langword="null"/> where the machine ended, or hung up, instead of answering.</returns>
    public JObject? Ask(string request)
    {
        _asked.Enqueue(request);
        if (_asked.Count > Remembered) _asked.Dequeue();
        try
        {
            return AskOnce(request);
        }
        catch (IOException e)
        {
            throw new AssertionException($"No reply to the last of:\n{string.Join('\n', _asked)}", e);
        }
    }

    /// <summary>Waits for the machine to end.</summary>
    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _socket.Dispose();
        await _vm.DisposeAsync().AsTask().WaitAsync(Fuzzing.Patience).ConfigureAwait(false);
        Assert.That(_exception, Is.Null, "while it ended");
    }

    private JObject? AskOnce(string request)
    {
        try
        {
            _socket.Send(Encoding.UTF8.GetBytes(request + "\n"));
        }
        catch (SocketException)
        {
            return Ended(request);
        }

        while (_reader.ReadLine() is { } line)
        {
            using var json = new QmpJsonReader(Encoding.UTF8.GetBytes(line));
            JObject message = JObject.Load(json);
            if (message.ContainsKey("event")) continue;
            Check(request, message);
            return message;
        }

        return Ended(request);
    }

    private void Check(string request, JObject reply)
    {
        Assert.That(_exception, Is.Null, request);
        if (reply.ContainsKey("return")) return;
        Assert.That(reply["error"], Is.InstanceOf<JObject>(), request);
        Assert.That((string?)reply["error"]!["class"], Is.AnyOf(Classes), request);
        Assert.That((string?)reply["error"]!["desc"], Is.Not.Null.And.Not.Empty, request);
        Assert.That((string?)reply["error"]!["desc"], Does.Not.Contain("failed unexpectedly"), request);
    }

    private JObject? Ended(string request)
    {
        // A client may yank its own connection; the machine runs on.
        if (request.Contains("\"yank\"", StringComparison.Ordinal) && !_vm.Exit.IsCompleted) return null;
        Assert.That(_vm.Exit.Wait(Fuzzing.Patience), $"hung up, but did not end: {request}");
        Assert.That(_vm.Exit.Result, Is.InRange(0, 1), request);
        Assert.That(_exception, Is.Null, request);
        return null;
    }
}
