using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Emulator.Commands;
using Qmp.Migration;
using Qmp.Migration.Channels;
using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Text;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>The commands of the human monitor that do something.</summary>
internal sealed class HumanCommands
{
    private static readonly HashSet<string> InMebibytes =
        new(StringComparer.Ordinal) { "max-bandwidth", "avail-switchover-bandwidth" };

    private readonly GuestControl _guest;
    private readonly MigrationCore _migration;

    public HumanCommands(GuestControl guest, MigrationCore migration, ShutdownController shutdown)
    {
        _guest = guest;
        _migration = migration;
        All =
        [
            new(["stop", "s"], "", "stop emulation", a => Done(a, guest.StopAsync)),
            new(["cont", "c"], "", "resume emulation", a => Done(a, ContAsync)),
            new(["quit", "q"], "", "quit the emulator", a => Done(a, () => QuitAsync(shutdown))),
            new(
                ["migrate"],
                "[-d] [-r] uri",
                "migrate to URI (using -d to not wait for completion)\n\t\t\t -r to resume a paused postcopy migration",
                Migrate),
            new(["migrate_cancel"], "", "cancel the current VM migration", a => Done(a, CancelAsync)),
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
        ];
    }

    public IReadOnlyList<HumanCommand> All { get; }

    private static async ValueTask<string> Done(HumanArguments arguments, Func<ValueTask> run)
    {
        arguments.End();
        await run().ConfigureAwait(false);
        return "";
    }

    private ValueTask ContAsync()
    {
        _guest.Continue();
        return ValueTask.CompletedTask;
    }

    private ValueTask CancelAsync()
    {
        _migration.Cancel();
        return ValueTask.CompletedTask;
    }

    private static ValueTask QuitAsync(ShutdownController shutdown)
    {
        shutdown.Quit(ShutdownCause.HostQmpQuit);
        return ValueTask.CompletedTask;
    }

    private ValueTask<string> Migrate(HumanArguments arguments)
    {
        bool detach = false;
        bool resume = false;
        while (true)
        {
            if (arguments.Flag('d')) detach = true;
            else if (arguments.Flag('r')) resume = true;
            else break;
        }

        string uri = arguments.Text();
        arguments.End();
        _migration.Migrate(new MigrationRequest(MigrationUri.Parse(uri), Resume: resume));

        // There is no terminal whose prompt could wait for the end.
        return new ValueTask<string>(
            detach ? "" : "terminal does not allow synchronous migration, continuing detached\n");
    }

    private ValueTask<string> CalcDirtyRate(HumanArguments arguments)
    {
        bool ring = false;
        bool bitmap = false;
        while (true)
        {
            if (arguments.Flag('r')) ring = true;
            else if (arguments.Flag('b')) bitmap = true;
            else break;
        }

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
        if (name == "block-bitmap-mapping")
        {
            throw new MigrationException("The block-bitmap-mapping parameter can only be set through QMP");
        }

        _migration.Options.SetParameters(Read(name, value));
        return new ValueTask<string>("");
    }

    private static MigrateSetParameters Read(string name, string value)
    {
        if (InMebibytes.Contains(name))
        {
            if (SizeText.Parse(value, out ulong size, defaultSuffix: 'M') != NumberOutcome.Valid)
            {
                throw new MigrationException($"Invalid size {value}");
            }

            value = size.ToString(CultureInfo.InvariantCulture);
        }

        try
        {
            var visitor = new StringInputVisitor(new JObject { [name] = value });
            return MigrateSetParametersVisitor.Read(visitor, null);
        }
        catch (VisitorException e) when (e.Message == $"Parameter '{name}' is unexpected")
        {
            throw Unknown(name);
        }
    }

    private static MigrationException Unknown(string name) => new($"invalid parameter value: {name}");
}
