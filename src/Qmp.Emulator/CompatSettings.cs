using Options = Qmp.Types.CompatPolicy;
using OptionsInput = Qmp.Types.CompatPolicyInput;
using OptionsOutput = Qmp.Types.CompatPolicyOutput;
using Policy = Qmp.Protocol.Visitors.CompatPolicy;
using PolicyInput = Qmp.Protocol.Visitors.CompatPolicyInput;
using PolicyOutput = Qmp.Protocol.Visitors.CompatPolicyOutput;

namespace Qmp.Emulator;

/// <summary>The option <c>-compat</c> as the policy that monitors follow.</summary>
internal static class CompatSettings
{
    /// <summary>The policy; what is not set is accepted.</summary>
    public static Policy ToPolicy(Options options) => new()
    {
        DeprecatedInput = Input(options.DeprecatedInput),
        DeprecatedOutput = Output(options.DeprecatedOutput),
        UnstableInput = Input(options.UnstableInput),
        UnstableOutput = Output(options.UnstableOutput),
    };

    private static PolicyInput Input(OptionsInput? value) => value switch
    {
        OptionsInput.Reject => PolicyInput.Reject,
        OptionsInput.Crash => PolicyInput.Crash,
        _ => PolicyInput.Accept,
    };

    private static PolicyOutput Output(OptionsOutput? value) =>
        value == OptionsOutput.Hide ? PolicyOutput.Hide : PolicyOutput.Accept;
}
