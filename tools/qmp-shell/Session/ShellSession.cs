using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Shell.Language;
using Qmp.Shell.Recording;
using Qmp.Shell.Schema;

namespace Qmp.Shell.Session;

/// <summary>A connection, what the server understands, and the events that came.</summary>
internal sealed class ShellSession : IAsyncDisposable
{
    private const string Negotiation = "qmp_capabilities";
    private const string Quit = "quit";

    // Events are for people and for 'expect': losing some would be a lie.
    private const int EventCapacity = 1 << 17;

    private static readonly TimeSpan QuitTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(20);

    private readonly ShellSettings _settings;
    private readonly RecordedEndpoint? _recorded;
    private int? _processor;
    private bool _isSchemaPending;

    private ShellSession(ShellSettings settings)
    {
        _settings = settings;
        _recorded = settings.RecordFile is null ? null : new RecordedEndpoint(settings.Endpoint);
        Connection = new QmpConnection(
            _recorded?.Endpoint ?? settings.Endpoint,
            new QmpClientOptions
            {
                Negotiate = settings.Negotiate,
                CommandTimeout = settings.Timeout,
                ConnectTimeout = TimeToConnect(settings),
                ConnectRetryTime = settings.Wait,
                ConnectRetryInterval = settings.Wait > TimeSpan.Zero ? RetryInterval : null,
                Logger = settings.Verbose ? ConnectionLog.Create() : NullLogger.Instance,
            });
        Events = Connection.Subscribe(capacity: EventCapacity);
    }

    public QmpConnection Connection { get; }

    /// <summary>All events since before the connection was open.</summary>
    public EventSubscription Events { get; }

    /// <summary>
    /// What the server understands; <see langword="null"/> if it does not tell, or was not asked yet.
    /// </summary>
    public LiveSchema? Schema { get; private set; }

    /// <summary>Connects and asks the server for its schema.</summary>
    /// <param name="settings">Where the server is.</param>
    /// <param name="asksLater">
    /// Whether to ask when the schema is first needed. A schema takes longer than all else that a short script does.
    /// </param>
    /// <exception cref="QmpException">The server cannot be reached, or does not negotiate.</exception>
    public static async Task<ShellSession> OpenAsync(ShellSettings settings, bool asksLater = false)
    {
        var session = new ShellSession(settings);
        try
        {
            await session.Connection.OpenAsync();
            session._isSchemaPending = !settings.HumanMonitor;
            if (!asksLater && session._isSchemaPending) await session.LoadSchemaAsync(CancellationToken.None);
            return session;
        }
        catch
        {
            await session.Connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks the server for its schema, if that was not done yet. One that is gone does not tell.</summary>
    /// <exception cref="QmpException">The server does not answer in time.</exception>
    public async ValueTask<LiveSchema?> AskForSchemaAsync()
    {
        try
        {
            if (_isSchemaPending) await LoadSchemaAsync(CancellationToken.None);
        }
        catch (QmpDisconnectedException)
        {
            // The events before the end are there all the same; what is sent from now on fails by itself.
        }

        return Schema;
    }

    /// <summary>
    /// Whether a command is sent as it is, without a schema to check it against: it has no arguments, or it goes out of
    /// band, where nothing may wait for an answer in band. If it makes no sense, the server refuses it without having done
    /// anything.
    /// </summary>
    public bool CanGoUnchecked(ParsedCommand command) =>
        command.IsUnchecked
        || (_isSchemaPending && !command.IsWatched && (command.OutOfBand || command.Arguments.Members.Count == 0));

    /// <summary>Checks a command against the server's schema.</summary>
    /// <returns>The arguments as they are sent.</returns>
    /// <exception cref="ShellInputException">The command does not fit the server's schema.</exception>
    public JObject Check(ParsedCommand command) => Schema is null || command.IsUnchecked
        ? (JObject)ArgumentBinder.Guess(command.Arguments)
        : new ArgumentBinder(Schema).Bind(command);

    /// <summary>Sends a command that was checked.</summary>
    /// <returns>The result; empty if the command ended the server instead of answering.</returns>
    /// <exception cref="QmpException">The command failed, or the connection ended.</exception>
    public async Task<JToken> ExecuteAsync(
        ParsedCommand command, JObject arguments, CancellationToken cancellationToken)
    {
        try
        {
            JToken result = await Connection.ExecuteRawAsync(
                command.Name,
                arguments.Count > 0 ? arguments : null,
                new QmpCallOptions { OutOfBand = command.OutOfBand },
                cancellationToken);
            // Checks begin after a negotiation by hand.
            if (command.Name == Negotiation && !_isSchemaPending) await LoadSchemaAsync(cancellationToken);
            if (command.Name == Quit) await WhenGoneAsync();
            return result;
        }
        catch (QmpDisconnectedException e) when (e.WasSent && command.Name == Quit)
        {
            return new JObject();
        }
    }

    /// <summary>Runs a line of the human monitor. <c>cpu N</c> chooses the processor of later lines.</summary>
    /// <returns>What the monitor prints.</returns>
    /// <exception cref="QmpException">The server has no human monitor, or the command failed.</exception>
    /// <exception cref="ShellInputException">The processor is not a number.</exception>
    public async Task<string> ExecuteHumanAsync(string line, CancellationToken cancellationToken)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is ["cpu", var number])
        {
            // Each line is a monitor of its own, so that the choice has to be made again with each.
            if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            {
                throw new ShellInputException("cpu: a number is expected");
            }

            await SendHumanAsync("info version", index, cancellationToken);
            _processor = index;
            return "";
        }

        try
        {
            return await SendHumanAsync(line, _processor, cancellationToken);
        }
        catch (QmpDisconnectedException e) when (e.WasSent && words is [Quit or "q"])
        {
            return "";
        }
    }

    /// <summary>Keeps a command of the shell's own out of the recording, until what is returned is disposed.</summary>
    public IDisposable? Hide(string command) => _recorded?.Recorder.Hide(command);

    /// <exception cref="IOException">The recording cannot be written.</exception>
    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        Events.Dispose();
        _recorded?.Save(_settings.RecordFile!);
    }

    /// <summary>The limit of a reply holds for the greeting, too; a server that is being started comes before that.</summary>
    private static TimeSpan TimeToConnect(ShellSettings settings) =>
        settings.Wait + (settings.Timeout == Timeout.InfiniteTimeSpan ? ConnectTimeout : settings.Timeout);

    /// <summary>A server that was told to quit answers first. What follows may rely on its end.</summary>
    private async Task WhenGoneAsync() => await ((Task)Connection.Completion).WaitAsync(QuitTimeout)
        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task<string> SendHumanAsync(string line, int? processor, CancellationToken cancellationToken)
    {
        var arguments = new JObject { ["command-line"] = line };
        if (processor is { } index) arguments["cpu-index"] = index;
        return (string?)await Connection.ExecuteRawAsync(
            "human-monitor-command", arguments, cancellationToken: cancellationToken) ?? "";
    }

    private async Task LoadSchemaAsync(CancellationToken cancellationToken)
    {
        _isSchemaPending = false;
        using IDisposable? hidden = Hide(LiveSchema.Query);
        try
        {
            Schema = new LiveSchema(
                await Connection.ExecuteRawAsync(LiveSchema.Query, cancellationToken: cancellationToken));
        }
        catch (Exception e) when (e is QmpCommandException or FormatException)
        {
            // A guest agent, or a monitor before negotiation. There, words mean what they look like.
            Schema = null;
        }
    }
}
