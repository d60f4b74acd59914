using Qmp.Protocol.Visitors;

namespace Qmp.Protocol.Tests.Visitors.Text;

/// <summary>Reads one member <c>a</c> of an object in any form of options.</summary>
internal static class TextInput
{
    public static readonly EnumNames Colours = new("Colour", ["red", "green"]);

    public static T Read<T>(InputVisitor visitor, Func<InputVisitor, T> read)
    {
        visitor.StartStruct(null);
        T value = read(visitor);
        visitor.EndStruct();
        return value;
    }

    public static string Error(InputVisitor visitor, Action<InputVisitor> read) =>
        Assert.Throws<VisitorException>(() =>
        {
            visitor.StartStruct(null);
            read(visitor);
            visitor.EndStruct();
        })!.Message;

    public static List<T> List<T>(InputVisitor visitor, string? name, Func<InputVisitor, T> read)
    {
        var list = new List<T>();
        visitor.StartList(name);
        while (visitor.NextElement()) list.Add(read(visitor));
        visitor.EndList();
        return list;
    }

    public static long Int(InputVisitor visitor, string? name = "a") =>
        visitor.ReadInt(name, long.MinValue, long.MaxValue, "int64_t");

    public static long Int8(InputVisitor visitor, string? name = "a") =>
        visitor.ReadInt(name, sbyte.MinValue, sbyte.MaxValue, "int8_t");

    public static ulong UInt(InputVisitor visitor, string? name = "a") =>
        visitor.ReadUInt(name, ulong.MaxValue, "uint64_t");

    public static ulong UInt8(InputVisitor visitor, string? name = "a") =>
        visitor.ReadUInt(name, byte.MaxValue, "uint8_t");
}
