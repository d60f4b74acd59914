using Qmp.Api;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of tpm.json. No machine has a TPM: a device needs a backend, and -tpmdev is not an option.</summary>
internal sealed class TpmCommands : ITpmCommands
{
    public ValueTask<IReadOnlyList<TpmModel>> QueryTpmModelsAsync(
        QueryTpmModelsArguments arguments, CancellationToken cancellationToken) => new(RecordedReplies.TpmModels());

    public ValueTask<IReadOnlyList<TpmType>> QueryTpmTypesAsync(
        QueryTpmTypesArguments arguments, CancellationToken cancellationToken) => new(RecordedReplies.TpmTypes());

    public ValueTask<IReadOnlyList<TPMInfo>> QueryTpmAsync(QueryTpmArguments arguments, CancellationToken cancellationToken) => new([]);
}
