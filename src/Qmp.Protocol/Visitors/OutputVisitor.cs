using Newtonsoft.Json.Linq;

namespace Qmp.Protocol.Visitors;

/// <summary>Writes one value of a QAPI type; generated code drives it.</summary>
/// <remarks>
/// Names are UTF-8 and empty for the root and for list elements. Members arrive in the order in which QEMU prints
/// them (by hash bucket), so that a JSON visitor writes them as they come. Used by one thread, for one value.
/// </remarks>
public abstract class OutputVisitor
{
    /// <summary>Opens an object.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="extension">Members to write among the schema's own, or <see langword="null"/>.</param>
    public abstract void StartStruct(ReadOnlySpan<byte> name, JObject? extension = null);

    /// <summary>Closes the object opened last.</summary>
    public abstract void EndStruct();

    /// <summary>Whether a member with these features is left out of the output (compat policy).</summary>
    public abstract bool Hides(SpecialFeatures features);

    /// <summary>Opens a list.</summary>
    public abstract void StartList(ReadOnlySpan<byte> name);

    /// <summary>Closes the list opened last.</summary>
    public abstract void EndList();

    /// <summary>Writes a signed integer.</summary>
    public abstract void WriteInt(ReadOnlySpan<byte> name, long value);

    /// <summary>Writes an unsigned integer.</summary>
    public abstract void WriteUInt(ReadOnlySpan<byte> name, ulong value);

    /// <summary>Writes a size in bytes.</summary>
    public abstract void WriteSize(ReadOnlySpan<byte> name, ulong value);

    /// <summary>Writes a double.</summary>
    public abstract void WriteNumber(ReadOnlySpan<byte> name, double value);

    /// <summary>Writes a boolean.</summary>
    public abstract void WriteBool(ReadOnlySpan<byte> name, bool value);

    /// <summary>Writes a string.</summary>
    public abstract void WriteString(ReadOnlySpan<byte> name, string value);

    /// <summary>Writes an enum value by its wire name.</summary>
    public abstract void WriteEnum(ReadOnlySpan<byte> name, string value);

    /// <summary>Writes a null.</summary>
    public abstract void WriteNull(ReadOnlySpan<byte> name);

    /// <summary>Writes any JSON value.</summary>
    public abstract void WriteAny(ReadOnlySpan<byte> name, JToken value);
}
