using Rich;

namespace Qapi.Tests.Generators;

/// <summary>Commands out of band that note what they were called with.</summary>
internal sealed class UrgentCommands : IRichOobCommands
{
    public string? Id { get; private set; }

    public ValueTask<Empty> UrgentAsync(UrgentArguments arguments, CancellationToken cancellationToken)
    {
        Id = arguments.Id;
        return new(new Empty());
    }

    public ValueTask UrgentEarlyAsync(UrgentEarlyArguments arguments, CancellationToken cancellationToken) => default;
}
