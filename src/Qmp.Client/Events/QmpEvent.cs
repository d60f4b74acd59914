using Newtonsoft.Json.Linq;
using Qmp.Protocol.Messages;

namespace Qmp.Client;

/// <summary>An event as it came, of whatever name.</summary>
/// <param name="Name">The wire name.</param>
/// <param name="Data">
/// The <c>data</c> member; <see langword="null"/> if there was none. All subscriptions share it: read only.
/// </param>
/// <param name="Timestamp">
/// When it was raised, by the server's clock; <see langword="null"/> if it could not tell.
/// </param>
/// <param name="Sequence">Its number among the events of this client, from 1 on. Subscriptions see holes.</param>
/// <param name="Session">
/// Which connection of a <see cref="ReconnectingQmpClient"/> brought it, from 1 on. What happened between two of them
/// nobody knows.
/// </param>
public sealed record QmpEvent(string Name, JToken? Data, DateTimeOffset? Timestamp, long Sequence, int Session = 1)
{
    /// <summary>
    /// How many events the subscription had to drop just before this one because they were not read in time; 0 as a
    /// rule.
    /// </summary>
    public long LostBefore { get; init; }

    /// <summary>Whether it is the event of that descriptor.</summary>
    public bool Is<T>(EventDescriptor<T> descriptor) => Name == descriptor.Name;

    /// <summary>Reads the data as the schema says, tolerantly.</summary>
    /// <exception cref="QmpProtocolException">The data do not have the shape that the schema describes.</exception>
    /// <exception cref="QmpUsageException">This event is not the one that the descriptor describes.</exception>
    public T Read<T>(EventDescriptor<T> descriptor) => Is(descriptor)
        ? Wire.Decoder.Read(descriptor.Read, Data, Name)
        : throw new QmpUsageException($"{Name} is not {descriptor.Name}");

    /// <summary>The name and the data, as they came: <c>MIGRATION {"status":"active"}</c>.</summary>
    public override string ToString() => Data is null ? Name : $"{Name} {Data.ToString(Newtonsoft.Json.Formatting.None)}";
}
