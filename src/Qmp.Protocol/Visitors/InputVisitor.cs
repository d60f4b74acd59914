using Newtonsoft.Json.Linq;

namespace Qmp.Protocol.Visitors;

/// <summary>Reads one value of a QAPI type; generated code drives it, members in schema order.</summary>
/// <remarks>
/// <para>One generated reader per type serves every input form: what differs between a QMP request, a
/// <c>key=value</c> option string and a tolerant client is the visitor, not the reader.</para>
/// <para>A visitor reports the first thing that is wrong by throwing <see cref="VisitorException"/>. It is used by
/// one thread, for one value.</para>
/// <para>A name is <see langword="null"/> for the root and for list elements. Which path a message shows is the
/// visitor's business (qapi-code-gen, "Input visitor"; texts in QEMU's qobject input visitor).</para>
/// </remarks>
public abstract class InputVisitor
{
    /// <summary>Enters the object <paramref name="name"/>.</summary>
    public abstract void StartStruct(string? name);

    /// <summary>Leaves the object that was entered last.</summary>
    /// <returns>
    /// The members that were not read, or <see langword="null"/> if all were. A strict visitor never
    /// returns any: it throws.
    /// </returns>
    public abstract JObject? EndStruct();

    /// <summary>Whether the optional member <paramref name="name"/> of the current object is present.</summary>
    /// <param name="name">The wire name.</param>
    /// <param name="features">Special features of the member; the compat policy may refuse it.</param>
    public abstract bool HasMember(string name, SpecialFeatures features = SpecialFeatures.None);

    /// <summary>
    /// Whether a member that is mandatory in some variants of the schema is not to be read here: the schema that is
    /// spoken lacks it, or any is accepted and the member is not there.
    /// </summary>
    /// <param name="name">The wire name.</param>
    /// <param name="features">Its special features, which say in which variants it is.</param>
    public abstract bool MayOmit(string name, SpecialFeatures features);

    /// <summary>Announces a mandatory member that carries special features, before it is read.</summary>
    public abstract void CheckMember(string name, SpecialFeatures features);

    /// <summary>Enters the list <paramref name="name"/>.</summary>
    public abstract void StartList(string? name);

    /// <summary>Moves to the next element of the current list; it is read with a <see langword="null"/> name.</summary>
    public abstract bool NextElement();

    /// <summary>Leaves the list that was entered last.</summary>
    public abstract void EndList();

    /// <summary>
    /// The JSON kind of the alternate <paramref name="name"/>, which the branch's reader then reads under the same
    /// name.
    /// </summary>
    public abstract JsonKind PeekAlternate(string? name);

    /// <summary>Reads a signed integer between <paramref name="min"/> and <paramref name="max"/>.</summary>
    /// <param name="name">The wire name.</param>
    /// <param name="min">Least value of the type.</param>
    /// <param name="max">Greatest value of the type.</param>
    /// <param name="typeName">The C name of the type that a range error shows, such as <c>int8_t</c>.</param>
    public abstract long ReadInt(string? name, long min, long max, string typeName);

    /// <summary>Reads an unsigned integer of at most <paramref name="max"/>.</summary>
    /// <inheritdoc cref="ReadInt" path="/param"/>
    public abstract ulong ReadUInt(string? name, ulong max, string typeName);

    /// <summary>Reads a size in bytes; input forms for people accept a suffix such as <c>64M</c>.</summary>
    public abstract ulong ReadSize(string? name);

    /// <summary>Reads a double.</summary>
    public abstract double ReadNumber(string? name);

    /// <summary>Reads a boolean.</summary>
    public abstract bool ReadBool(string? name);

    /// <summary>Reads a string.</summary>
    public abstract string ReadString(string? name);

    /// <summary>Reads a null.</summary>
    public abstract void ReadNull(string? name);

    /// <summary>Reads any JSON value.</summary>
    public abstract JToken ReadAny(string? name);

    /// <summary>Reads one of the values of an enum.</summary>
    /// <returns>
    /// The index of the value in <paramref name="names"/>, or -1 where a tolerant visitor met a text that is not
    /// there. The text can then be read under the same name, and so can a whole list that holds it, by
    /// <see cref="ReadString"/> and <see cref="ReadAny"/>.
    /// </returns>
    public abstract int ReadEnum(string? name, EnumNames names);

    /// <summary>
    /// Reports an alternate or a union whose value fits no branch. Generated code returns what this throws.
    /// </summary>
    /// <param name="name">The wire name.</param>
    /// <param name="typeName">The schema name of the type, which the message shows.</param>
    public abstract VisitorException NoBranch(string? name, string typeName);
}
