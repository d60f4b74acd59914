using Qmp.Protocol.Visitors;

namespace Qmp.Server.Dispatch;

/// <summary>Writes a command's result as the value <paramref name="name"/>.</summary>
public delegate void ResultWriter(OutputVisitor visitor, ReadOnlySpan<byte> name, object value);

/// <summary>What a command returned, with the way to write it; the default value stands for <c>{}</c>.</summary>
/// <remarks>A pair instead of a closure: the generated writer is one cached delegate per type.</remarks>
public readonly struct CommandResult
{
    private readonly object? _value;
    private readonly ResultWriter? _writer;

    /// <summary>A result and its generated writer.</summary>
    public CommandResult(object value, ResultWriter writer)
    {
        _value = value;
        _writer = writer;
    }

    /// <summary>Writes the result, or an empty object where the command returns nothing.</summary>
    public void Write(OutputVisitor visitor, ReadOnlySpan<byte> name)
    {
        if (_writer is not null)
        {
            _writer(visitor, name, _value!);
            return;
        }

        visitor.StartStruct(name);
        visitor.EndStruct();
    }
}
