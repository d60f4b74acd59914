using System.Security.Cryptography;
using System.Text;

namespace Qmp.Migration.Tests.Support;

/// <summary>
/// Takes a stream of a machine without CPUs apart into lines, written apart from the product. What differs from run to
/// run (section numbers, clocks, the vmdesc's text) is left out.
/// </summary>
internal sealed class StreamText
{
    /// <summary>Bytes of a VFIO device's configuration space, whose length the stream does not tell.</summary>
    public const int VfioConfigBytes = 256;

    private readonly byte[] _bytes;
    private readonly List<string> _lines = [];
    private readonly Dictionary<uint, string> _names = [];
    private readonly bool _guestAddresses;
    private readonly int _start;
    private bool _isMapped;
    private int _at;

    private StreamText(byte[] bytes, bool guestAddresses, int start)
    {
        _bytes = bytes;
        _guestAddresses = guestAddresses;
        (_start, _at) = (start, start);
    }

    public static List<string> Of(byte[] bytes, bool guestAddresses = false, int start = 0)
    {
        var text = new StreamText(bytes, guestAddresses, start);
        text.Run();
        return text._lines;
    }

    /// <summary>The text that follows the end of the stream, for tools that take streams apart.</summary>
    public static string DescriptionOf(byte[] bytes)
    {
        int start = bytes.AsSpan().LastIndexOf("{\"configuration\""u8);
        return Encoding.UTF8.GetString(bytes.AsSpan(start));
    }

    private void Run()
    {
        _lines.Add($"file {Be(4):x} {Be(4)}");
        while (true)
        {
            ulong type = Be(1);
            switch (type)
            {
                case 0:
                    _lines.Add("eof");
                    _lines.Add($"vmdesc {Be(1)}");
                    _at += (int)Be(4);
                    _lines.Add($"left {_bytes.Length - _at}");
                    return;
                case 5:
                    Subsection();
                    break;
                case 7:
                    _lines.Add($"configuration {Text((int)Be(4))}");
                    break;
                case 8:
                    _lines.Add($"command {Be(2)} {Convert.ToHexString(Take((int)Be(2)))}");
                    break;
                default:
                    Section(type);
                    break;
            }
        }
    }

    private void Subsection()
    {
        string name = Text((int)Be(1));
        ulong version = Be(4);
        string body = name switch
        {
            "configuration/uuid" => Convert.ToHexString(Take(16)),
            "configuration/capabilities" => string.Join(' ', Enumerable.Range(0, (int)Be(4)).Select(_ => Text((int)Be(1)))),
            _ => throw new InvalidDataException(name),
        };
        _lines.Add($"subsection {name} {version} {body}");
        if (body.Contains("mapped-ram", StringComparison.Ordinal)) _isMapped = true;
    }

    private void Section(ulong type)
    {
        uint id = (uint)Be(4);
        if (type is 1 or 4)
        {
            _names[id] = Text((int)Be(1));
            _lines.Add($"section {type} {_names[id]} {Be(4)} {Be(4)}");
        }
        else
        {
            _lines.Add($"section {type} {_names[id]}");
        }

        switch (_names[id])
        {
            case "ram":
                Ram();
                break;
            case "timer":
                _at += 8;
                _lines.Add($"  timer {Be(8)}");
                _at += 8;
                break;
            case "globalstate":
                _lines.Add("  " + Convert.ToHexString(Take(104)));
                break;
            case [.., '/', 'v', 'f', 'i', 'o']:
                Vfio();
                break;
            default:
                throw new InvalidDataException(_names[id]);
        }

        _lines.Add($"  footer {Be(1):x} {_names[(uint)Be(4)]}");
    }

    private void Ram()
    {
        while (true)
        {
            ulong word = Be(8);
            ulong flags = word & 4095;
            ulong offset = word & ~4095UL;
            string name = (flags & 0x2a) is 0x02 or 0x08 ? Text((int)Be(1)) : "";
            switch (flags & ~0x20UL)
            {
                case 0x02:
                    _lines.Add($"  zero {flags:x} {name} {offset:x} {Be(1)}");
                    break;
                case 0x04:
                    _lines.Add($"  total {offset}");
                    for (ulong left = offset; left > 0;)
                    {
                        string block = Text((int)Be(1));
                        ulong length = Be(8);
                        _lines.Add($"  block {block} {length} {(_guestAddresses ? Be(8) : 0)}");
                        if (_isMapped) Mapped(length);
                        left -= length;
                    }

                    break;
                case 0x08:
                    _lines.Add($"  page {flags:x} {name} {offset:x} {Convert.ToHexString(SHA256.HashData(Take(4096)))}");
                    break;
                case 0x10:
                    _lines.Add("  end");
                    return;
                case 0x200:
                    _lines.Add("  flush");
                    break;
                default:
                    throw new InvalidDataException($"flags {flags:x}");
            }
        }
    }

    // Pages with places in the file: the stream goes on behind them.
    private void Mapped(ulong length)
    {
        ulong version = Be(4);
        ulong pageSize = Be(8);
        int bitmap = (int)Be(8);
        int pages = (int)Be(8);
        int words = (int)((length / 4096) + 63) / 64;
        _lines.Add($"  mapped {version} {pageSize} {bitmap - _start:x} {(pages - _start) % 4096} after {pages - bitmap >> 20} MiB");
        _lines.Add($"  bitmap {Convert.ToHexString(SHA256.HashData(_bytes.AsSpan(bitmap, words * 8)))}");
        _lines.Add($"  pages {Convert.ToHexString(SHA256.HashData(_bytes.AsSpan(pages, (int)length)))}");
        Assert.That(_bytes.AsSpan((bitmap + (words * 8))..pages).ContainsAnyExcept((byte)0), Is.False, "a gap");
        _at = pages + (int)length;
    }

    private void Vfio()
    {
        var words = new StringBuilder(" ");
        while (true)
        {
            switch (Be(8))
            {
                case 0xffffffffef100001:
                    _lines.Add($"{words} END");
                    return;
                case 0xffffffffef100002:
                    words.Append($" CONFIG");
                    _at += VfioConfigBytes;
                    break;
                case 0xffffffffef100003:
                    words.Append(" SETUP");
                    break;
                case 0xffffffffef100004:
                    int size = (int)Be(8);
                    words.Append($" DATA {size}");
                    _at += size;
                    break;
                case 0xffffffffef100005:
                    _lines.Add($"{words} INIT_DATA_SENT");
                    return;
                case var tag:
                    throw new InvalidDataException($"tag {tag:x}");
            }
        }
    }

    private ulong Be(int size)
    {
        ulong value = 0;
        foreach (byte b in Take(size)) value = value << 8 | b;
        return value;
    }

    private string Text(int length) => Encoding.Latin1.GetString(Take(length));

    private ReadOnlySpan<byte> Take(int length)
    {
        _at += length;
        return _bytes.AsSpan(_at - length, length);
    }
}
