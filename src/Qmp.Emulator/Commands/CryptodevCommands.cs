using Qmp.Api;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of cryptodev.json. There are no objects of that kind.</summary>
internal sealed class CryptodevCommands : ICryptodevCommands
{
    public ValueTask<IReadOnlyList<QCryptodevInfo>> QueryCryptodevAsync(
        QueryCryptodevArguments arguments, CancellationToken cancellationToken) => new([]);
}
