using Qmp.Protocol.Messages;

namespace Qmp.Client;

/// <summary>An event of a known type.</summary>
/// <typeparam name="T">The record of its data.</typeparam>
public sealed class QmpEvent<T>
{
    private readonly T? _data;
    private readonly QmpProtocolException? _problem;

    internal QmpEvent(QmpEvent raw, EventDescriptor<T> descriptor)
    {
        Raw = raw;
        try
        {
            _data = raw.Read(descriptor);
        }
        catch (QmpProtocolException e)
        {
            _problem = e;
        }
    }

    /// <summary>The event as it came.</summary>
    public QmpEvent Raw { get; }

    /// <summary>The wire name.</summary>
    public string Name => Raw.Name;

    /// <inheritdoc cref="QmpEvent.Timestamp"/>
    public DateTimeOffset? Timestamp => Raw.Timestamp;

    /// <inheritdoc cref="QmpEvent.LostBefore"/>
    public long LostBefore => Raw.LostBefore;

    /// <summary>
    /// The data. Members and enum values that the schema does not know are in the extension bags of the records.
    /// </summary>
    /// <exception cref="QmpProtocolException">
    /// The data do not have the shape that the schema describes. <see cref="Raw"/> has them, and the subscription
    /// continues.
    /// </exception>
    public T Data => _problem is null ? _data! : throw _problem;

    /// <inheritdoc cref="QmpEvent.ToString"/>
    public override string ToString() => Raw.ToString();
}
