using Qmp.Migration.Rules;
using Qmp.Types;

namespace Qmp.Migration.Options;

/// <summary>How the human monitor reads a value.</summary>
public enum ParameterInput
{
    /// <summary>As the type has it.</summary>
    Plain,

    /// <summary>A size; a plain number counts mebibytes.</summary>
    Mebibytes,

    /// <summary>A size, though the type is a number.</summary>
    Size,

    /// <summary>A size of at most 2^63-1.</summary>
    SignedSize,

    /// <summary>Not at all: the value is no word.</summary>
    None,
}

/// <summary>One migration parameter: a row of <see cref="ParameterTable"/>.</summary>
/// <param name="name">Its name in the schema.</param>
/// <param name="value">Its value among all.</param>
/// <param name="apply">Puts the value of a request in the place of the present one, if the request has one.</param>
/// <param name="byDefault">A request for the value that a machine starts with.</param>
public sealed class MigrationParameter(
    string name,
    Func<MigrationParameters, object?> value,
    Func<MigrationParameters, MigrateSetParameters, MigrationParameters> apply,
    MigrateSetParameters byDefault)
{
    /// <summary>Its name in the schema.</summary>
    public string Name { get; } = name;

    /// <summary>The place of its line in <c>info migrate_parameters</c>, from 1; 0 for no line.</summary>
    public int Line { get; init; }

    /// <summary>What stands behind its value there.</summary>
    public string Unit { get; init; } = "";

    /// <summary>How the human monitor reads its value.</summary>
    public ParameterInput Input { get; init; }

    /// <summary>The property of <c>-global migration.…</c> that presets it; <see langword="null"/> for none.</summary>
    public string? Property { get; init; } = name;

    /// <summary>What is wrong with its value among all, behind its name; <see langword="null"/> if nothing is.</summary>
    internal Func<MigrationParameters, string?>? Check { get; init; }

    /// <summary>Its name where newer messages about its range spell it in another way than clients do.</summary>
    internal string? RangeName { get; init; }

    /// <summary>Whether newer messages, too, call it a parameter.</summary>
    internal bool IsAlwaysParameter { get; init; }

    /// <summary>What is said of a value that is wrong.</summary>
    /// <remarks>QEMU 10.0 spells names with underscores but for the unstable ones.</remarks>
    internal string Complaint(string wrong, MigrationRules rules) => rules.CallsParametersOptions
        ? IsAlwaysParameter ? $"Parameter '{Name}' {wrong}" : $"Option {RangeName ?? Name} {wrong.Replace('_', '-')}"
        : $"Parameter '{(Name.StartsWith("x-", StringComparison.Ordinal) ? Name : Name.Replace('-', '_'))}' {wrong}";

    /// <summary>Whether a release of QEMU has it.</summary>
    public bool IsIn(MigrationRules rules) => !IsNew || rules.NewParameters.Contains(Name);

    /// <summary>Whether it came after QEMU 10.0.</summary>
    internal bool IsNew { get; init; }

    /// <summary>Its value among all.</summary>
    public object? ValueIn(MigrationParameters parameters) => value(parameters);

    /// <summary>Puts the value of a request in the place of the present one, if the request has one.</summary>
    internal MigrationParameters Apply(MigrationParameters old, MigrateSetParameters changes) => apply(old, changes);

    /// <summary>Puts the value that a machine starts with in its place.</summary>
    internal MigrationParameters Preset(MigrationParameters old) => apply(old, byDefault);
}
