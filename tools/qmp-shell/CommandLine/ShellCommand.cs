using System.CommandLine;
using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using Qmp.Client;
using Qmp.Shell.Libvirt;
using Qmp.Shell.Scripts;
using Qmp.Shell.Session;

namespace Qmp.Shell.CommandLine;

/// <summary>The command line.</summary>
internal sealed class ShellCommand : RootCommand
{
    private const string ServerVariable = "QMP_SOCKET";

    private readonly Argument<string[]> _servers = new("SERVER")
    {
        Description = $"A Unix socket's path, HOST:PORT, tls:HOST:PORT, or virsh:DOMAIN; {ServerVariable} in the environment by default. May be several.",
        Arity = ArgumentArity.ZeroOrMore,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(ServerVariable) is { Length: > 0 } server ? [server] : [],
    };

    private readonly Option<string[]> _commands = new("--command", "-c")
    {
        Description = "Run this command and leave; may be given several times.",
        HelpName = "COMMAND",
    };

    private readonly Option<string?> _script = new("--file", "-f")
    {
        Description = "Run the commands of a file and leave; - is standard input.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _check = new("--check") { Description = "Check all of a script before its first line runs." };
    private readonly Option<bool> _dryRun = new("--dry-run", "-n") { Description = "Check all of a script, and run nothing of it." };
    private readonly Option<bool> _human = new("--hmp", "-H") { Description = "Talk to the human monitor." };
    private readonly Option<bool> _bare = new("--skip-negotiation", "-N")
    {
        Description = "Wait for no greeting: for the QEMU guest agent.",
    };

    private readonly Option<bool> _verbose = new("--verbose", "-v")
    {
        Description = "Show requests as they are sent, events whole, and what the connection reports.",
    };

    private readonly Option<bool> _pretty = new("--pretty", "-p") { Description = "Spread JSON over many lines." };
    private readonly Option<string?> _record = new("--record")
    {
        Description = "Write the conversation down, for 'conform'.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _start = new("--start")
    {
        Description = "SERVER is a program, with its arguments behind --: start it, talk to it, and end it when done.",
    };

    private readonly Option<string?> _tlsFolder = new("--tls-creds")
    {
        Description = "For tls:HOST:PORT, a folder with ca-cert.pem, and client-cert.pem and client-key.pem if the server wants them.",
        HelpName = "FOLDER",
    };

    private readonly Option<string?> _tlsName = new("--tls-hostname")
    {
        Description = "The name that the server's certificate must bear, if not HOST.",
        HelpName = "NAME",
    };

    private readonly Option<TimeSpan?> _timeout =
        Seconds("--timeout", "Seconds that a reply, or the greeting, may take; without limit, and 10, by default.");

    private readonly Option<TimeSpan?> _wait =
        Seconds("--wait", "Seconds to try while nobody listens, for a server that is being started.");

    public ShellCommand()
        : base("Talks to a QMP server: QEMU, qmpd, or another one.")
    {
        Add(_servers);
        Option[] options =
            [_commands, _script, _check, _dryRun, _human, _bare, _verbose, _pretty, _record, _start, _tlsFolder, _tlsName, _timeout, _wait];
        foreach (Option option in options) Add(option);
        Add(new ConformCommand());
        Add(new CompletionCommand());
        _commands.CompletionSources.Add(context => ServerCommands.Of(context.ParseResult.GetValue(_servers)?.FirstOrDefault()));
        _servers.Validators.Add(r =>
        {
            if (r.GetValue(_start)) return; // those are the program's
            if (r.Tokens.FirstOrDefault(t => t.Value is ['-', ..]) is { } option) r.AddError($"there is no option '{option.Value}'");
        });
        foreach (Option<string?> file in (Option<string?>[])[_script, _record])
        {
            file.Validators.Add(r =>
            {
                if (r.Tokens is [{ Value: "" }]) r.AddError($"{file.Name}: the name of a file is missing");
            });
        }

        SetAction((parsed, _) => RunAsync(parsed));
    }

    private static Option<TimeSpan?> Seconds(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SECONDS",
        CustomParser = result =>
        {
            const NumberStyles Style = NumberStyles.AllowDecimalPoint;
            string text = result.Tokens[0].Value;
            bool isNumber = double.TryParse(text, Style, CultureInfo.InvariantCulture, out double seconds);
            if (isNumber && seconds is > 0 and <= 1e6) return TimeSpan.FromSeconds(seconds);
            result.AddError($"{name}: '{text}' is no number of seconds");
            return null;
        },
    };

    private async Task<int> RunAsync(ParseResult parsed)
    {
        TextWriter error = parsed.InvocationConfiguration.Error;
        if (parsed.GetValue(_servers) is not { Length: > 0 } servers || servers.Any(s => s.Length == 0))
        {
            error.WriteLine($"qmp-shell: no SERVER is given, and {ServerVariable} is not set");
            error.WriteLine("Try 'qmp-shell --help'.");
            return ExitStatus.Usage;
        }

        if (!parsed.GetValue(_start)) return await RunAsync(parsed, servers);
        try
        {
            await using QemuProcess program = await QemuProcess.StartAsync(
                new QemuProcessOptions { Program = servers[0], Printed = error.WriteLine }, servers[1..]);
            return await RunAsync(parsed, [program.MonitorPath]);
        }
        catch (Exception e) when (e is QmpException or ArgumentException)
        {
            error.WriteLine($"qmp-shell: {e.Message}");
            return ExitStatus.Failure;
        }
    }

    private async Task<int> RunAsync(ParseResult parsed, string[] servers)
    {
        TextWriter error = parsed.InvocationConfiguration.Error;
        string[] commands = parsed.GetValue(_commands) ?? [];
        string? script = parsed.GetValue(_script);
        if (commands.Length > 0 && script is not null)
        {
            error.WriteLine("qmp-shell: -c and -f exclude each other");
            return ExitStatus.Usage;
        }

        if (servers.Length > 1 && parsed.GetValue(_record) is not null)
        {
            error.WriteLine("qmp-shell: a recording is of one server");
            return ExitStatus.Usage;
        }

        ShellSettings[] settings;
        try
        {
            settings = [.. servers.Select(server => Read(parsed, server))];
        }
        catch (FormatException e)
        {
            error.WriteLine($"qmp-shell: {e.Message}");
            return ExitStatus.Usage;
        }

        if (commands.Length > 0) return await RunScriptAsync(ScriptLine.Of(commands));
        if (script is null && !Console.IsInputRedirected && !Console.IsOutputRedirected)
        {
            return await ShellProgram.RunInteractiveAsync(settings, error);
        }

        if (script is null or "-") return await RunScriptAsync(ScriptLine.Of(Console.In, "-"));
        try
        {
            using StreamReader reader = File.OpenText(script);
            return await RunScriptAsync(ScriptLine.Of(reader, script));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"qmp-shell: {e.Message}");
            return ExitStatus.Usage;
        }

        Task<int> RunScriptAsync(IEnumerable<ScriptLine> lines) => ShellProgram.RunScriptAsync(
            settings, lines, parsed.InvocationConfiguration.Output, error);
    }

    private SslClientAuthenticationOptions? Tls(ParseResult parsed, string server)
    {
        string? name = parsed.GetValue(_tlsName);
        string? folder = parsed.GetValue(_tlsFolder);
        if (folder is null && name is null) return null;
        if (!server.StartsWith("tls:", StringComparison.Ordinal)) throw new FormatException("--tls-creds and --tls-hostname are for tls:HOST:PORT");
        try
        {
            return folder is null ? new SslClientAuthenticationOptions { TargetHost = name } : TlsFolder.Read(folder, name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new FormatException($"--tls-creds: {e.Message}");
        }
    }

    private ShellSettings Read(ParseResult parsed, string server) => new()
    {
        Endpoint = LibvirtEndpoint.IsMeant(server) ? LibvirtEndpoint.Parse(server) : QmpEndpoint.Parse(server, Tls(parsed, server)),
        Check = parsed.GetValue(_dryRun) ? ScriptChecking.Only : parsed.GetValue(_check) ? ScriptChecking.First : ScriptChecking.AsItRuns,
        HumanMonitor = parsed.GetValue(_human),
        Negotiate = !parsed.GetValue(_bare),
        Verbose = parsed.GetValue(_verbose),
        Pretty = parsed.GetValue(_pretty),
        RecordFile = parsed.GetValue(_record),
        Timeout = parsed.GetValue(_timeout) ?? Timeout.InfiniteTimeSpan,
        Wait = parsed.GetValue(_wait) ?? TimeSpan.Zero,
    };
}
