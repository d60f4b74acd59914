using System.Diagnostics;
using System.Net.Sockets;
using Newtonsoft.Json.Linq;
using Rpc = StreamJsonRpc.JsonRpc;

namespace Qmp.StreamJsonRpc.Tests.JsonRpc;

/// <summary>QEMU's own Python client talks to the server role.</summary>
/// <remarks>
/// <c>QMP_PYTHON</c> is the folder that holds its package <c>qemu</c>, such as <c>python</c> of QEMU's sources.
/// </remarks>
[TestFixture]
internal sealed class PythonClientTests
{
    private const string Variable = "QMP_PYTHON";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Test]
    public async Task Python_client_is_served()
    {
        string? package = Environment.GetEnvironmentVariable(Variable);
        if (package is null) Assert.Ignore($"{Variable} is not set");
        string folder = Directory.CreateTempSubdirectory("qmp").FullName;
        try
        {
            string path = Path.Combine(folder, "s");
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen();
            using Process python = Start(package!, path);
            Task<string> output = python.StandardOutput.ReadToEndAsync();
            var commands = new Commands();
            Socket connection = await listener.AcceptAsync().WaitAsync(Patience);
            using Rpc server = QmpJsonRpc.Serve(
                new NetworkStream(connection, ownsSocket: true), commands,
                new QmpServerHandlerOptions { Time = TimeProvider.System });
            commands.Server = server;
            string[] lines = (await output.WaitAsync(Patience)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            await server.Completion.WaitAsync(Patience);
            Assert.That(lines, Is.EqualTo(new[]
            {
                """{"micro": 2, "minor": 0, "major": 10}""",
                "true",
                """{"a": [1, null, "\u00e4"]}""",
                """["CommandNotFound", "The command nonsense has not been found"]""",
                """["STOP", {"why": "asked"}, ["microseconds", "seconds"]]""",
                "true",
            }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process Start(string package, string path)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "JsonRpc", "client.py");
        var start = new ProcessStartInfo("python3", [script, path]) { RedirectStandardOutput = true };
        start.Environment["PYTHONPATH"] = package;
        return Process.Start(start)!;
    }

    private sealed class Commands
    {
        public Rpc? Server { get; set; }

        public bool QueryReady() => true;

        public JToken Echo(JToken what) => what;

        public Task StopAsync() => Server!.NotifyWithParameterObjectAsync("STOP", new { why = "asked" });
    }
}
