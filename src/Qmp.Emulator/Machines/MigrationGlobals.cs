using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Emulator.Options;
using Qmp.Migration.Options;
using Qmp.Migration.Status;
using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Text;
using Qmp.Types;

namespace Qmp.Emulator.Machines;

/// <summary>Applies <c>-global migration.NAME=VALUE</c> as QEMU does.</summary>
/// <remarks>
/// A property is named after the capability or parameter that it presets; some have <c>x-</c> in front. The names that
/// belong to neither change details of the stream for old machine types; but for four, only their defaults are supported.
/// </remarks>
internal static class MigrationGlobals
{
    private const string LegacyAck = "switchover-ack-legacy";
    private const string SectionSync = "multifd-flush-after-each-section";
    private const string SwitchoverStart = "send-switchover-start";
    private const string EarlyPreempt = "x-preempt-pre-7-2";
    private const string CleanTlsEnd = "multifd-clean-tls-termination";
    private static readonly Version LastEarlyPreemptMachine = new(7, 2);
    private static readonly Version LastSectionSyncMachine = new(8, 0);
    private static readonly Version LastLegacyZeroPageMachine = new(8, 2);
    private static readonly Version LastWithoutSwitchoverStart = new(9, 2);

    private static readonly Dictionary<string, bool> StreamDefaults = new(StringComparer.Ordinal)
    {
        ["store-global-state"] = true,
        ["send-configuration"] = true,
        ["send-section-footer"] = true,
    };

    /// <summary>Sets what depends on the machine, then what the command line says.</summary>
    /// <param name="machine">The full name of the machine's type.</param>
    /// <param name="globals">The settings of the command line.</param>
    /// <param name="options">What is set.</param>
    /// <param name="warn">Gets what is deprecated.</param>
    /// <exception cref="CommandLineException">No property has that name, or the value does not fit it.</exception>
    public static void Apply(
        string machine, IEnumerable<GlobalProperty> globals, MigrationOptions options, Action<string> warn)
    {
        options.SwitchoverAckLegacy = options.Rules.LastLegacyAckMachine is { } last && IsUpTo(last, machine);
        options.SyncsSections = IsUpTo(LastSectionSyncMachine, machine);
        options.PreemptsEarly = IsUpTo(LastEarlyPreemptMachine, machine);
        options.EndsTlsCleanly = !IsUpTo(LastWithoutSwitchoverStart, machine);
        options.SendsSwitchoverStart = !IsUpTo(LastWithoutSwitchoverStart, machine);
        if (IsUpTo(LastLegacyZeroPageMachine, machine)) options.Preset(c => c, p => p with { ZeroPageDetection = ZeroPageDetection.Legacy });
        foreach (GlobalProperty global in globals)
        {
            // As in QEMU, settings of devices that this machine does not have are accepted and have no effect.
            if (global.Driver != "migration") continue;
            try
            {
                Apply(global, options);
            }
            catch (Exception e) when (e is VisitorException or MigrationException)
            {
                throw new CommandLineException($"can't apply global {global}: {e.Message}");
            }
        }

        Check(() => options.SetCapabilities([], incomingStarted: false, warn));
    }

    private static bool IsUpTo(Version last, string machine) =>
        Version.TryParse(machine.AsSpan(machine.LastIndexOf('-') + 1), out Version? release) && release <= last;

    private static void Apply(GlobalProperty global, MigrationOptions options)
    {
        if (StreamDefaults.TryGetValue(global.Property, out bool supported))
        {
            if (ReadBool(global) == supported) return;
            throw new MigrationException(
                $"only the default of property '{global.Property}' is supported by this emulator");
        }

        if (global.Property == SectionSync)
        {
            options.SyncsSections = ReadBool(global);
            return;
        }

        if (global.Property == EarlyPreempt)
        {
            options.PreemptsEarly = ReadBool(global);
            return;
        }

        if (global.Property == CleanTlsEnd)
        {
            options.EndsTlsCleanly = ReadBool(global);
            return;
        }

        if (global.Property == SwitchoverStart)
        {
            options.SendsSwitchoverStart = ReadBool(global);
            return;
        }

        if (global.Property == LegacyAck && options.Rules.LastLegacyAckMachine is not null)
        {
            options.SwitchoverAckLegacy = ReadBool(global);
            return;
        }

        if (CapabilityTable.OfProperty(global.Property, options.Rules) is { } capability)
        {
            bool on = ReadBool(global);
            options.Preset(c => c.With(capability, on), p => p);
            return;
        }

        MigrationParameter row = ParameterTable.In(options.Rules).FirstOrDefault(p => p.Property == global.Property) ?? throw NotFound(global);
        MigrateSetParameters parameter = ReadParameter(global, row.Name);
        Check(() => options.SetParameters(parameter));
    }

    // A message about settings that contradict each other does not name the option that caused it.
    private static void Check(Action check)
    {
        try
        {
            check();
        }
        catch (MigrationException e)
        {
            throw new CommandLineException(e.Message);
        }
    }

    private static bool ReadBool(GlobalProperty global)
    {
        var visitor = new StringInputVisitor(new JObject { [global.Property] = global.Value });
        visitor.StartStruct(null);
        return visitor.ReadBool(global.Property);
    }

    private static MigrateSetParameters ReadParameter(GlobalProperty global, string name)
    {
        var visitor = new StringInputVisitor(new JObject { [name] = global.Value }) { PropertiesOf = global.Driver };
        try
        {
            return MigrateSetParametersVisitor.Read(visitor, null);
        }
        catch (VisitorException e)
        {
            throw new VisitorException(e.Message.Replace($"'{name}'", $"'{global.Property}'", StringComparison.Ordinal));
        }
    }

    private static MigrationException NotFound(GlobalProperty global) => new(
        string.Create(CultureInfo.InvariantCulture, $"Property 'migration.{global.Property}' not found"));
}
