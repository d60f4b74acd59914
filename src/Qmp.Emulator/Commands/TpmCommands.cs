using Qmp.Api;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of tpm.json. No machine has a TPM: a device needs a backend, and -tpmdev is not an option.</summary>
internal sealed class TpmCommands(RecordedReplies recorded) : ITpmCommands
{
    public ValueTask<IReadOnlyList<TpmModel>> QueryTpmModelsAsync(
        QueryTpmModelsArguments arguments, CancellationToken cancellationToken) => new(recorded.TpmModels());

    public ValueTask<IReadOnlyList<TpmType>> QueryTpmTypesAsync(
        QueryTpmTypesArguments arguments, CancellationToken cancellationToken) => new(recorded.TpmTypes());

    public ValueTask<IReadOnlyList<TPMInfo>> QueryTpmAsync(QueryTpmArguments arguments, CancellationToken cancellationToken) => new([]);
}
