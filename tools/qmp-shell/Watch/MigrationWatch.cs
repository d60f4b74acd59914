using System.Threading.Channels;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Client;
using Qmp.Client.Migration;
using Qmp.Protocol.Visitors;
using Qmp.Shell.Language;
using Qmp.Shell.Session;
using Qmp.Types;

namespace Qmp.Shell.Watch;

/// <summary>Migrates and shows how that goes until it has ended.</summary>
/// <remarks>It switches the capability <c>events</c> on. Giving it up cancels the migration.</remarks>
internal sealed class MigrationWatch(ShellSession session, MigrationView view)
{
    private const string Migrate = "migrate";
    private const string QueryMigrate = "query-migrate";

    private static readonly string[] OwnQueries =
        [QueryMigrate, SwitchoverGate.Query, SwitchoverGate.Capabilities];

    /// <summary>Runs a command <c>migrate</c> that was checked.</summary>
    /// <exception cref="ShellInputException">
    /// The command is not <c>migrate</c>, or runs where it cannot be watched.
    /// </exception>
    /// <exception cref="QmpException">The server refused to start the migration, or the connection ended.</exception>
    /// <exception cref="OperationCanceledException">The user gave up, and the migration was cancelled.</exception>
    public async Task<WatchOutcome> RunAsync(
        ParsedCommand command, JObject arguments, CancellationToken cancellationToken)
    {
        if (command.Name != Migrate)
        {
            throw new ShellInputException($"{command.Name}: only {Migrate} has a course to watch");
        }

        if ((bool?)arguments["resume"] == true)
        {
            throw new ShellInputException($"{Migrate}: a migration that is resumed cannot be watched");
        }

        IDisposable?[] hidden = [.. OwnQueries.Select(session.Hide)];
        try
        {
            SwitchoverGate gate = await SwitchoverGate.CreateAsync(session, cancellationToken);
            MigrationResult result = await view.ShowAsync(
                show => RunAsync(Read(arguments), gate, show, cancellationToken));
            return new(result.Outcome == MigrationOutcome.Completed, Describe(result), await LastInfoAsync(cancellationToken));
        }
        finally
        {
            foreach (IDisposable? query in hidden) query?.Dispose();
        }
    }

    private static MigrateArguments Read(JObject arguments)
    {
        var visitor = new JsonInputVisitor(tolerant: true);
        visitor.Reset(arguments);
        return MigrateArgumentsVisitor.Read(visitor, null);
    }

    private static string Describe(MigrationResult result)
    {
        string figures = result.Info is { TotalTime: { } total }
            ? $" in {Quantity.Milliseconds(total)}, downtime {Quantity.Milliseconds(result.Info.Downtime)},"
                + $" {Quantity.Bytes(result.Info.Ram?.Transferred ?? 0)} sent in {result.Info.Ram?.DirtySyncCount} passes"
            : "";
        return result.Outcome switch
        {
            MigrationOutcome.Completed => $"The migration has completed{figures}.",
            MigrationOutcome.PostcopyPaused => "Postcopy has lost its connection; the guest is on the other side.",
            MigrationOutcome.Cancelled => "The migration was cancelled.",
            _ => $"The migration has failed: {result.Reason ?? "the server gives no reason"}",
        };
    }

    private async Task<MigrationResult> RunAsync(
        MigrateArguments arguments, SwitchoverGate gate, Action<WatchFrame> show, CancellationToken cancellationToken)
    {
        // The gate is asked for between reports, which must not wait for it.
        Channel<MigrationProgress> reports = Channel.CreateBounded<MigrationProgress>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        Task showing = ShowAsync(reports.Reader, gate, show, cancellationToken);
        try
        {
            return await session.Connection.MigrateAsync(
                new MigrationPlan
                {
                    Uri = arguments.Uri,
                    Channels = arguments.Channels,
                    // On already; but so the verdict on convergence knows of it.
                    Capabilities = gate.Throttles
                        ? new Dictionary<MigrationCapability, bool> { [MigrationCapability.AutoConverge] = true }
                        : [],
                    PollInterval = view.Interval,
                    Progress = new Reports(reports.Writer),
                    BeforeSwitchover = gate.IsHeldByUser ? WaitForOthersAsync : null,
                },
                cancellationToken);
        }
        finally
        {
            reports.Writer.Complete();
            await showing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task ShowAsync(
        ChannelReader<MigrationProgress> reports,
        SwitchoverGate gate,
        Action<WatchFrame> show,
        CancellationToken cancellationToken)
    {
        long pass = -1;
        long bytes = 0;
        await foreach (MigrationProgress progress in reports.ReadAllAsync(cancellationToken))
        {
            if (progress.Pass != pass) (pass, bytes) = (progress.Pass, progress.RemainingBytes);
            bytes = Math.Max(bytes, progress.RemainingBytes);
            show(new(progress, bytes, await gate.DescribeAsync(progress, cancellationToken)));
        }
    }

    /// <summary>Whoever asked for a pause is to end it, not the one who looks on.</summary>
    private async ValueTask WaitForOthersAsync(MigrationInfo info, CancellationToken cancellationToken)
    {
        var client = new MigrationClient(session.Connection);
        while (info.Status == MigrationStatus.PreSwitchover)
        {
            await Task.Delay(view.Interval, cancellationToken);
            info = await client.QueryMigrateAsync(new(), cancellationToken);
        }
    }

    private async Task<JToken> LastInfoAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await session.Connection.ExecuteRawAsync(QueryMigrate, cancellationToken: cancellationToken);
        }
        catch (QmpDisconnectedException)
        {
            // Whoever watches the source may have ended it.
            return new JObject();
        }
    }

    private sealed class Reports(ChannelWriter<MigrationProgress> writer) : IProgress<MigrationProgress>
    {
        public void Report(MigrationProgress value) => writer.TryWrite(value);
    }
}
