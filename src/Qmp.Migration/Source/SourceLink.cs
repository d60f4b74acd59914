using Qmp.Migration.Throttling;

namespace Qmp.Migration.Source;

/// <summary>What an attempt has on top of its connection.</summary>
/// <param name="Context">What savers use.</param>
/// <param name="Stream">What is sent.</param>
/// <param name="Converge">Slows the guest down; its clock runs from here on.</param>
/// <param name="Refusal">Gives the destination the time to refuse.</param>
/// <param name="ReturnPath">What is read, if anything is.</param>
internal sealed record SourceLink(
    SourceContext Context,
    OutgoingStream Stream,
    AutoConverge Converge,
    RefusalWatch Refusal,
    ReturnPathActivity? ReturnPath);
