using Policy = Qmp.Protocol.Visitors.CompatPolicy;
using PolicyInput = Qmp.Protocol.Visitors.CompatPolicyInput;
using PolicyOutput = Qmp.Protocol.Visitors.CompatPolicyOutput;
using Settings = Qmp.Types.CompatPolicy;
using SettingsInput = Qmp.Types.CompatPolicyInput;
using SettingsOutput = Qmp.Types.CompatPolicyOutput;

namespace Qmp.Emulator.Options;

/// <summary>The option <c>-compat</c> as the policy that monitors follow.</summary>
internal static class CompatSettings
{
    /// <summary>The policy; what is not set is accepted.</summary>
    public static Policy ToPolicy(Settings options) => new()
    {
        DeprecatedInput = Input(options.DeprecatedInput),
        DeprecatedOutput = Output(options.DeprecatedOutput),
        UnstableInput = Input(options.UnstableInput),
        UnstableOutput = Output(options.UnstableOutput),
    };

    private static PolicyInput Input(SettingsInput? value) => value switch
    {
        SettingsInput.Reject => PolicyInput.Reject,
        SettingsInput.Crash => PolicyInput.Crash,
        _ => PolicyInput.Accept,
    };

    private static PolicyOutput Output(SettingsOutput? value) =>
        value == SettingsOutput.Hide ? PolicyOutput.Hide : PolicyOutput.Accept;
}
