using Qmp.Protocol.Visitors;

namespace Qmp.Protocol.Messages;

/// <summary>
/// One event of a schema, as generated; shared by the server that sends and the client that reads it.
/// </summary>
/// <typeparam name="T">The record of the event's data; an empty record for events without data.</typeparam>
/// <param name="Name">The wire name.</param>
/// <param name="Features">Special features, for the compat policy.</param>
/// <param name="HasData">Whether messages carry a <c>data</c> member.</param>
/// <param name="Write">Writes the data.</param>
/// <param name="Read">Reads the data.</param>
public sealed record EventDescriptor<T>(
    string Name, SpecialFeatures Features, bool HasData, ValueWriter<T> Write, ValueReader<T> Read);

/// <summary>Writes a value of a generated type under <paramref name="name"/>.</summary>
public delegate void ValueWriter<in T>(OutputVisitor visitor, ReadOnlySpan<byte> name, T value);

/// <summary>Reads a value of a generated type.</summary>
public delegate T ValueReader<out T>(InputVisitor visitor, string? name);
