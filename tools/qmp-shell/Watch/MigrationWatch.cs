using System.Threading.Channels;
using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Client.Migration;
using Qmp.Shell.Language;
using Qmp.Shell.Output;
using Qmp.Shell.Session;
using Qmp.Types;

namespace Qmp.Shell.Watch;

/// <summary>Shows how a migration goes until it has ended.</summary>
/// <param name="session">The source.</param>
/// <param name="view">Where it is shown.</param>
/// <param name="keys">What somebody who looks on may ask for; <see langword="null"/> in scripts.</param>
internal sealed class MigrationWatch(ShellSession session, MigrationView view, IWatchKeys? keys = null)
{
    private const string Migrate = "migrate";
    private const string Cancel = "migrate_cancel";
    private const string SetCapabilities = "migrate-set-capabilities";
    private const string QueryMigrate = "query-migrate";
    private const string TooLate = "Postcopy cannot be cancelled, the migration goes on";

    private static readonly TimeSpan CancelTimeout = TimeSpan.FromSeconds(30);

    private static readonly string[] OwnQueries =
        [QueryMigrate, SwitchoverGate.Query, SwitchoverGate.Capabilities];

    private readonly Channel<MigrationProgress> _reports = Channel.CreateBounded<MigrationProgress>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    private long _pass = -1;
    private long _passBytes;
    private volatile MigrationStatus _status;
    private volatile string _note = "";

    /// <summary>
    /// Starts a migration by a command <c>migrate</c> that was checked, with <c>events</c> on, and shows it; or resumes
    /// one, and giving it up then leaves it alone.
    /// </summary>
    /// <exception cref="ShellInputException">
    /// The command is not <c>migrate</c>, or runs where it cannot be watched.
    /// </exception>
    /// <exception cref="QmpException">The server refused to start the migration, or the connection ended.</exception>
    /// <exception cref="OperationCanceledException">The user gave up, and the migration was cancelled.</exception>
    public Task<WatchOutcome> RunAsync(ParsedCommand command, JObject arguments, CancellationToken cancellationToken)
    {
        if (command.Name != Migrate)
        {
            throw new ShellInputException($"{command.Name}: only {Migrate} has a course to watch");
        }

        bool resumes = (bool?)arguments["resume"] == true;
        // The first answer may come later than the first key.
        if (resumes) _status = MigrationStatus.PostcopyPaused;
        return ShowAsync(
            async () =>
            {
                // Of what is under way capabilities cannot be changed.
                if (!resumes)
                {
                    var on = new JObject { ["capability"] = "events", ["state"] = true };
                    await session.Connection.ExecuteRawAsync(
                        SetCapabilities, new JObject { ["capabilities"] = new JArray(on) }, cancellationToken: cancellationToken);
                }

                await session.Connection.ExecuteRawAsync(Migrate, arguments, cancellationToken: cancellationToken);
            },
            isOwn: !resumes,
            cancellationToken);
    }

    /// <summary>Shows the migration that runs. Giving that up leaves the migration alone.</summary>
    /// <exception cref="ShellInputException">No migration was ever started.</exception>
    /// <exception cref="QmpException">The connection ended.</exception>
    public async Task<WatchOutcome> FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ShowAsync(() => Task.CompletedTask, isOwn: false, cancellationToken);
        }
        catch (QmpUsageException e)
        {
            throw new ShellInputException($"watch: {e.Message}");
        }
    }

    private static string Describe(MigrationResult result)
    {
        string figures = result.Info is { TotalTime: { } total }
            ? $" in {Quantity.Milliseconds(total)}, downtime {Quantity.Milliseconds(result.Info.Downtime)},"
                + $" {Quantity.Bytes(result.Info.Ram?.Transferred ?? 0)} sent in {result.Info.Ram?.DirtySyncCount} passes"
            : "";
        if (result.WentAhead)
        {
            figures += $", in postcopy, {result.Info?.Ram?.PostcopyRequests ?? 0} pages requested"
                + result.Pauses switch { 0 => "", 1 => ", paused once", int pauses => $", paused {pauses} times" };
        }

        return result.Outcome switch
        {
            MigrationOutcome.Completed => $"The migration has completed{figures}.",
            MigrationOutcome.Cancelled => "The migration was cancelled.",
            _ => $"The migration has failed: {result.Reason ?? "the server gives no reason"}",
        };
    }

    private async Task<WatchOutcome> ShowAsync(Func<Task> start, bool isOwn, CancellationToken cancellationToken)
    {
        IDisposable?[] hidden = [.. OwnQueries.Select(session.Hide)];
        using var leaving = new CancellationTokenSource();
        try
        {
            SwitchoverGate gate = await SwitchoverGate.CreateAsync(session, cancellationToken);
            await start();
            Task<MigrationResult> following = PollAsync(leaving.Token);
            try
            {
                return await ShowAsync(following, gate, isOwn, cancellationToken);
            }
            finally
            {
                await leaving.CancelAsync();
                await ((Task)following).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            foreach (IDisposable? query in hidden) query?.Dispose();
        }
    }

    private async Task<MigrationResult> PollAsync(CancellationToken leaving)
    {
        try
        {
            return await session.Connection.FollowMigrationAsync(
                new Reports(this), view.Interval, overPauses: true, leaving);
        }
        finally
        {
            _reports.Writer.Complete();
        }
    }

    // Piece by piece: in between, a command may be run.
    private async Task<WatchOutcome> ShowAsync(
        Task<MigrationResult> following, SwitchoverGate gate, bool isOwn, CancellationToken cancellationToken)
    {
        var postcopy = new Postcopy(session, gate.AllowsPostcopy);
        while (true)
        {
            using var piece = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task showing = view.ShowAsync(show => ShowAsync(gate, show, piece.Token));
            WatchRequest? request = await AskedAsync(showing, postcopy, piece.Token);
            await piece.CancelAsync();
            await showing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            bool isInterrupted = cancellationToken.IsCancellationRequested;
            if (isInterrupted) request = isOwn && !Postcopy.Includes(_status) ? WatchRequest.Cancel : WatchRequest.Leave;
            switch (request)
            {
                case null when following.IsCompleted:
                    MigrationResult result = await following;
                    return new(result.Outcome == MigrationOutcome.Completed, Describe(result), await LastInfoAsync());
                case WatchRequest.Leave when isInterrupted && isOwn:
                    return new(false, $"{TooLate}; 'watch' follows it.", await LastInfoAsync());
                case WatchRequest.Leave:
                    return new(true, "The migration goes on; 'watch' follows it.", await LastInfoAsync());
                case WatchRequest.Cancel:
                    return await CancelAsync(following);
                case WatchRequest.Command:
                    await keys!.RunCommandAsync();
                    break;
            }
        }
    }

    // What can be done while it is shown is done at once.
    private async Task<WatchRequest?> AskedAsync(Task showing, Postcopy postcopy, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<WatchRequest> asked = keys?.NextAsync(cancellationToken) ?? new TaskCompletionSource<WatchRequest>().Task;
            if (await Task.WhenAny(showing, asked) != asked || !asked.IsCompletedSuccessfully) return null;
            switch (await asked)
            {
                case WatchRequest.StartPostcopy:
                    _note = ForeignText.OneLine(await postcopy.StartAsync(_status));
                    break;
                case WatchRequest.Cancel when Postcopy.Includes(_status):
                    _note = TooLate;
                    break;
                case var request:
                    return request;
            }
        }
    }

    private async Task ShowAsync(SwitchoverGate gate, Action<WatchFrame> show, CancellationToken cancellationToken)
    {
        await foreach (MigrationProgress progress in _reports.Reader.ReadAllAsync(cancellationToken))
        {
            if (progress.Pass != _pass) (_pass, _passBytes) = (progress.Pass, progress.RemainingBytes);
            _passBytes = Math.Max(_passBytes, progress.RemainingBytes);
            show(new(progress, _passBytes, await gate.DescribeAsync(progress, cancellationToken), _note));
        }
    }

    // If it completes all the same, that is what has happened.
    private async Task<WatchOutcome> CancelAsync(Task<MigrationResult> following)
    {
        try
        {
            await session.Connection.ExecuteRawAsync(Cancel);
            MigrationResult result = await following.WaitAsync(CancelTimeout);
            if (result.Outcome == MigrationOutcome.Completed) return new(true, Describe(result), await LastInfoAsync());
        }
        catch (QmpCommandException e)
        {
            // The guest has gone meanwhile.
            return new(false, $"The migration goes on: {e.Error.Description}", await LastInfoAsync());
        }
        catch (Exception e) when (e is QmpException or TimeoutException)
        {
            // It could not be done properly; that the user gave up stands.
        }

        throw new OperationCanceledException();
    }

    private async Task<JToken> LastInfoAsync()
    {
        try
        {
            return await session.Connection.ExecuteRawAsync(QueryMigrate);
        }
        catch (QmpDisconnectedException)
        {
            // Whoever watches the source may have ended it.
            return new JObject();
        }
    }

    private sealed class Reports(MigrationWatch watch) : IProgress<MigrationProgress>
    {
        public void Report(MigrationProgress value)
        {
            watch._status = value.Status;
            watch._reports.Writer.TryWrite(value);
        }
    }
}
