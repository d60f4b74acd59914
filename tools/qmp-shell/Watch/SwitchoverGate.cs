using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Client.Migration;
using Qmp.Shell.Output;
using Qmp.Shell.Session;
using Qmp.Types;

namespace Qmp.Shell.Watch;

/// <summary>Finds out what holds the switchover up.</summary>
/// <remarks>
/// QEMU tells whether an acknowledgement is needed, not whether it came. Servers with <c>x-query-switchover</c> tell
/// that, and which devices it depends on.
/// </remarks>
internal sealed class SwitchoverGate
{
    public const string Query = "x-query-switchover";
    public const string Capabilities = "query-migrate-capabilities";

    private readonly ShellSession _session;
    private readonly bool _needsAcknowledgement;
    private readonly bool _canAsk;

    private SwitchoverGate(ShellSession session, JToken capabilities)
    {
        bool IsOn(string capability) =>
            capabilities.Any(c => (string?)c["capability"] == capability && (bool?)c["state"] == true);
        _session = session;
        _needsAcknowledgement = IsOn("switchover-ack");
        _canAsk = _needsAcknowledgement && session.Schema?.FindCommand(Query) is not null;
        IsHeldByUser = IsOn("pause-before-switchover");
        Throttles = IsOn("auto-converge");
        AllowsPostcopy = IsOn("postcopy-ram");
    }

    /// <summary>Whether the source is to stop before the switchover until somebody lets it go on.</summary>
    public bool IsHeldByUser { get; }

    /// <summary>Whether the source slows a guest down that does not let the migration converge.</summary>
    public bool Throttles { get; }

    /// <summary>Whether the guest may go before its memory, without this gate.</summary>
    public bool AllowsPostcopy { get; }

    /// <summary>Asks what the migration to come needs.</summary>
    public static async Task<SwitchoverGate> CreateAsync(ShellSession session, CancellationToken cancellationToken)
    {
        JToken capabilities;
        try
        {
            capabilities = await session.Connection.ExecuteRawAsync(Capabilities, cancellationToken: cancellationToken);
        }
        catch (QmpCommandException)
        {
            // The migration itself will tell what is wrong.
            capabilities = new JArray();
        }

        return new SwitchoverGate(session, capabilities);
    }

    /// <summary>What it is, in a few words.</summary>
    public async Task<string> DescribeAsync(MigrationProgress progress, CancellationToken cancellationToken)
    {
        if (progress.Status == MigrationStatus.PreSwitchover)
        {
            return "paused: waits for 'migrate-continue state=pre-switchover' from another client";
        }

        if (Postcopy.Includes(progress.Status)) return "open: the guest has gone ahead";
        if (!_needsAcknowledgement) return "open: no acknowledgement needed";
        if (progress.Status is MigrationStatus.Device or MigrationStatus.Completed) return "open: acknowledged";
        return _canAsk
            ? await AskAsync(cancellationToken)
            : "needs the destination's acknowledgement; this server does not tell whether it came";
    }

    private async Task<string> AskAsync(CancellationToken cancellationToken)
    {
        JToken info = await _session.Connection.ExecuteRawAsync(Query, cancellationToken: cancellationToken);
        if ((bool?)info["acknowledged"] == true) return "open: acknowledged";
        string[] waiting =
        [
            .. (info["devices"] as JArray ?? []).Where(d => (string?)d["step"] != "approved")
                .Select(d => $"{d["id"]} ({d["step"]})"),
        ];
        return waiting.Length == 0
            ? "closed: waits for the destination's acknowledgement"
            : ForeignText.OneLine($"closed: waits for {string.Join(", ", waiting)}");
    }
}
