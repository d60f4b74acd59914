namespace Qmp.Protocol.Json;

/// <summary>The order in which QEMU prints the members of an object: by bucket of its hash table.</summary>
/// <remarks>
/// Free of dependencies, so that the code generator can compile this file too and sort schema members once, when it
/// emits. Within one bucket the member that was inserted last comes first.
/// </remarks>
internal static class QDictOrder
{
    private const int BucketCount = 512;

    /// <summary>The bucket of a member name, 0 to 511.</summary>
    public static int Bucket(string name)
    {
        uint hash = 0x238F13AFu * (uint)Utf8Length(name);
        int shift = 0;
        for (int i = 0; i < name.Length; i++)
        {
            int scalar = Scalar(name, ref i);
            if (scalar is > 0 and < 0x80)
            {
                Mix(ref hash, ref shift, (uint)scalar);
            }
            else if (scalar < 0x800)
            {
                // U+0000 is held as C0 80: a QDict key is a C string.
                Mix(ref hash, ref shift, 0xC0u | (uint)(scalar >> 6));
                Mix(ref hash, ref shift, Continuation(scalar));
            }
            else if (scalar < 0x10000)
            {
                Mix(ref hash, ref shift, 0xE0u | (uint)(scalar >> 12));
                Mix(ref hash, ref shift, Continuation(scalar >> 6));
                Mix(ref hash, ref shift, Continuation(scalar));
            }
            else
            {
                Mix(ref hash, ref shift, 0xF0u | (uint)(scalar >> 18));
                Mix(ref hash, ref shift, Continuation(scalar >> 12));
                Mix(ref hash, ref shift, Continuation(scalar >> 6));
                Mix(ref hash, ref shift, Continuation(scalar));
            }
        }

        return (int)((1103515243u * hash + 12345u) % BucketCount);
    }

    /// <summary>The indexes of <paramref name="names"/>, given in order of insertion, in order of output.</summary>
    public static int[] Sort(IReadOnlyList<string> names)
    {
        var keys = new int[names.Count];
        var order = new int[names.Count];
        for (int i = 0; i < order.Length; i++)
        {
            keys[i] = Bucket(names[i]);
            order[i] = i;
        }

        Array.Sort(order, (a, b) => keys[a] != keys[b] ? keys[a].CompareTo(keys[b]) : b.CompareTo(a));
        return order;
    }

    private static uint Continuation(int bits) => 0x80u | (uint)(bits & 0x3F);

    private static void Mix(ref uint hash, ref int shift, uint octet)
    {
        hash += octet << shift;
        shift = (shift + 5) % 24;
    }

    private static int Scalar(string text, ref int i)
    {
        char c = text[i];
        if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
        {
            return char.ConvertToUtf32(c, text[++i]);
        }

        return c;
    }

    private static int Utf8Length(string text)
    {
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            int scalar = Scalar(text, ref i);
            length += scalar is > 0 and < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;
        }

        return length;
    }
}
