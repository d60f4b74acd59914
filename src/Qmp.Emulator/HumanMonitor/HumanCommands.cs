using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Emulator.Control;
using Qmp.Migration;
using Qmp.Migration.Channels;
using Qmp.Migration.Options;
using Qmp.Migration.Status;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Visitors.Text;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>The commands of the human monitor that do something.</summary>
internal sealed class HumanCommands
{
    private readonly GuestControl _guest;
    private readonly MigrationCore _migration;
    private readonly IncomingPolicy _incoming;

    public HumanCommands(
        GuestControl guest, MigrationCore migration, IncomingPolicy incoming, ShutdownController shutdown)
    {
        _guest = guest;
        _migration = migration;
        _incoming = incoming;
        All =
        [
            new(["stop", "s"], "", "stop emulation", a => Done(a, guest.StopAsync)),
            new(["cont", "c"], "", "resume emulation", a => Done(a, guest.Continue)),
            new(["quit", "q"], "", "quit the emulator", a => Done(a, () => shutdown.Quit(ShutdownCause.HostQmpQuit))),
            new(
                ["migrate"],
                "[-d] [-r] uri",
                "migrate to URI (using -d to not wait for completion)\n\t\t\t -r to resume a paused postcopy migration",
                Migrate),
            new(["migrate_cancel"], "", "cancel the current VM migration", a => Done(a, migration.Cancel)),
            new(
                ["migrate_set_capability"],
                "capability state",
                "Enable/Disable the usage of a capability for migration",
                SetCapability),
            new(
                ["calc_dirty_rate"],
                "[-r] [-b] second [sample_pages_per_GB]",
                "start a round of guest dirty rate measurement (using -r to\n\t\t\t specify dirty ring as the method "
                + "of calculation and\n\t\t\t -b to specify dirty bitmap as method of calculation)",
                CalcDirtyRate),
            new(["migrate_set_parameter"], "parameter value", "Set the parameter for migration", SetParameter),
            new(["migrate_incoming"], "uri", "Continue an incoming migration from an -incoming defer", MigrateIncoming),
            new(["migrate_continue"], "state", "Continue migration from the given paused state", MigrateContinue),
            new(
                ["migrate_start_postcopy"],
                "",
                "Followup to a migration command to switch the migration to postcopy mode. The postcopy-ram capability "
                + "must be set on both source and destination before the original migration command .",
                a => Done(a, migration.StartPostcopy)),
            new(["migrate_pause"], "", "Pause an ongoing migration (postcopy-only)", a => Done(a, migration.PausePostcopy)),
            new(["migrate_recover"], "uri", "Continue a paused incoming postcopy migration", MigrateRecover),
            new(["announce_self"], "[interfaces] [id]", "Trigger GARP/RARP announcements", AnnounceSelf),
            new(
                ["system_reset"],
                "",
                "reset the system",
                a => Done(a, () => shutdown.ResetAsync(ShutdownCause.HostQmpSystemReset))),
            new(["system_powerdown"], "", "send system power down event", a => Done(a, shutdown.PowerDown)),
        ];
    }

    public IReadOnlyList<HumanCommand> All { get; }

    private static async ValueTask<string> Done(HumanArguments arguments, Func<ValueTask> run)
    {
        arguments.End();
        await run().ConfigureAwait(OrderedContext.IsCurrent);
        return "";
    }

    private static ValueTask<string> Done(HumanArguments arguments, Action run)
    {
        arguments.End();
        run();
        return new ValueTask<string>("");
    }

    private ValueTask<string> Migrate(HumanArguments arguments)
    {
        HashSet<char> flags = arguments.Flags("dr");
        string uri = arguments.Text();
        arguments.End();
        _migration.Migrate(new MigrationRequest(MigrationUri.Parse(uri, _migration.Options.Rules), Resume: flags.Contains('r')));

        // QEMU lets the prompt of a terminal wait for the end. Here there is no terminal.
        return new ValueTask<string>(
            flags.Contains('d') ? "" : "terminal does not allow synchronous migration, continuing detached\n");
    }

    private ValueTask<string> MigrateIncoming(HumanArguments arguments)
    {
        MigrationAddress address = MigrationUri.Parse(LastText(arguments), _migration.Options.Rules);
        _migration.CheckIncoming();
        _incoming.ExitOnError = true;
        _migration.MigrateIncoming(address);
        return new ValueTask<string>("");
    }

    private ValueTask<string> MigrateContinue(HumanArguments arguments)
    {
        string text = LastText(arguments);
        if (!MigrationStatusExtensions.TryParse(text, out MigrationStatus state)) throw Unknown(text);
        _migration.Continue(state);
        return new ValueTask<string>("");
    }

    private ValueTask<string> MigrateRecover(HumanArguments arguments)
    {
        string uri = LastText(arguments);
        _migration.CheckRecover();
        _migration.RecoverPostcopy(MigrationTarget.OfIncoming(uri, null, _migration.Options.Rules));
        return new ValueTask<string>("");
    }

    // There is no network card to announce.
    private static ValueTask<string> AnnounceSelf(HumanArguments arguments)
    {
        if (arguments.OptionalText() is not null) arguments.OptionalText();
        arguments.End();
        return new ValueTask<string>("");
    }

    private static string LastText(HumanArguments arguments)
    {
        string text = arguments.Text();
        arguments.End();
        return text;
    }

    private ValueTask<string> CalcDirtyRate(HumanArguments arguments)
    {
        HashSet<char> flags = arguments.Flags("rb");
        bool ring = flags.Contains('r');
        bool bitmap = flags.Contains('b');
        long seconds = arguments.Integer();
        long? pages = arguments.OptionalInteger();
        arguments.End();
        if (seconds == 0) return new ValueTask<string>("Incorrect period length specified!\n");
        if (ring && bitmap)
        {
            return new ValueTask<string>("Either dirty ring or dirty bitmap can be specified!\n");
        }

        _migration.DirtyRate.Start(new CalcDirtyRateArguments
        {
            CalcTime = seconds,
            SamplePages = pages,
            Mode = bitmap ? DirtyRateMeasureMode.DirtyBitmap
                : ring ? DirtyRateMeasureMode.DirtyRing
                : DirtyRateMeasureMode.PageSampling,
        });
        return new ValueTask<string>(
            $"Starting dirty rate measurement with period {seconds} seconds\n"
            + "[Please use 'info dirty_rate' to check results]\n");
    }

    private ValueTask<string> SetCapability(HumanArguments arguments)
    {
        string name = arguments.Text();
        bool state = arguments.OnOff();
        arguments.End();
        if (!MigrationCapabilityExtensions.TryParse(name, out MigrationCapability capability)) throw Unknown(name);
        _migration.SetCapabilities([new MigrationCapabilityStatus { Capability = capability, State = state }]);
        return new ValueTask<string>("");
    }

    private ValueTask<string> SetParameter(HumanArguments arguments)
    {
        string name = arguments.Text();
        string value = arguments.Text();
        arguments.End();
        MigrationParameter parameter = ParameterTable.Find(name, _migration.Options.Rules) ?? throw Unknown(name);
        _migration.Options.SetParameters(Read(parameter, value));
        return new ValueTask<string>("");
    }

    private static MigrateSetParameters Read(MigrationParameter parameter, string value)
    {
        string name = parameter.Name;
        switch (parameter.Input)
        {
            case ParameterInput.None:
                throw new MigrationException($"The {name} parameter can only be set through QMP");

            case ParameterInput.Mebibytes:
                if (SizeText.Parse(value, out ulong size, defaultSuffix: 'M') != NumberOutcome.Valid || size > long.MaxValue)
                {
                    throw new MigrationException($"Invalid size {value}");
                }

                value = size.ToString(CultureInfo.InvariantCulture);
                break;

            case ParameterInput.SignedSize when Size(name, value) > long.MaxValue:
                throw new MigrationException($"Invalid size {value}");

            case ParameterInput.Size:
                value = Size(name, value).ToString(CultureInfo.InvariantCulture);
                break;
        }

        return MigrateSetParametersVisitor.Read(new StringInputVisitor(new JObject { [name] = value }), null);
    }

    private static ulong Size(string name, string value)
    {
        var visitor = new StringInputVisitor(new JObject { [name] = value });
        visitor.StartStruct(null);
        return visitor.ReadSize(name);
    }

    private static MigrationException Unknown(string name) => new($"invalid parameter value: {name}");
}
