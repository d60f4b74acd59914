using System.Buffers.Binary;
using System.Text;
using Qmp.Migration.Channels;
using Qmp.Migration.Rules;

namespace Qmp.Migration.Cpr;

/// <summary>Writes a <see cref="CprState"/> as QEMU does: a header, a list of descriptors, what else devices leave.</summary>
internal static class CprStateWriter
{
    /// <summary>"QCPR".</summary>
    public const uint Magic = 0x51435052;

    public const uint Version = 1;

    /// <summary>Before each element of a list; 0 ends it.</summary>
    public const byte Element = 1;

    /// <summary>The byte that a descriptor travels with.</summary>
    public const byte Carrier = (byte)' ';

    /// <summary>Begins a subsection (QEMU_VM_SUBSECTION).</summary>
    public const byte Subsection = 5;

    /// <summary>The subsection of VFIO devices, of which there are none here.</summary>
    public const string VfioDevices = "CprState/vfio devices";

    /// <exception cref="ChannelException">The reader is gone.</exception>
    public static void Write(ICprWriter channel, CprState state, MigrationRules rules)
    {
        var bytes = new List<byte>();
        Add(bytes, Magic);
        Add(bytes, Version);
        foreach (CprDescriptor descriptor in state.Descriptors)
        {
            byte[] name = Encoding.UTF8.GetBytes(descriptor.Name + '\0');
            bytes.Add(Element);
            Add(bytes, (uint)name.Length);
            bytes.AddRange(name);
            Add(bytes, (uint)descriptor.Id);
            channel.Write(bytes.ToArray());
            channel.Write(Carrier, descriptor.Handle);
            bytes.Clear();
        }

        bytes.Add(0);
        if (rules.ListsCprDevices)
        {
            bytes.Add(Subsection);
            bytes.Add((byte)VfioDevices.Length);
            bytes.AddRange(Encoding.UTF8.GetBytes(VfioDevices));
            Add(bytes, Version);
            bytes.Add(0);
        }

        channel.Write(bytes.ToArray());
        channel.EndWriting();
    }

    private static void Add(List<byte> bytes, uint value)
    {
        byte[] word = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(word, value);
        bytes.AddRange(word);
    }
}
