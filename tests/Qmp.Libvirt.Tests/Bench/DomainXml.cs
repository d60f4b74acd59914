using System.Xml.Linq;

namespace Qmp.Libvirt.Tests.Bench;

/// <summary>The description of a domain.</summary>
internal sealed record DomainXml
{
    /// <summary>The name of most domains.</summary>
    public const string DefaultName = "vm";

    private static readonly XNamespace Qemu = "http://libvirt.org/schemas/domain/qemu/1.0";

    /// <summary>The program.</summary>
    public required string Emulator { get; init; }

    public string Name { get; init; } = DefaultName;

    public string Machine { get; init; } = "pc";

    public int Mebibytes { get; init; } = 64;

    /// <summary>The file of a kernel that it starts with; <see langword="null"/> for none.</summary>
    public string? Kernel { get; init; }

    /// <summary>Words for the end of the command line.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Elements of <c>devices</c>.</summary>
    public string Devices { get; init; } =
        "<controller type='usb' model='none'/><memballoon model='none'/><video><model type='none'/></video>";

    /// <summary>Further elements.</summary>
    public string More { get; init; } = "<vcpu>1</vcpu>";

    public override string ToString() =>
        $"""
        <domain type='qemu' xmlns:qemu='{Qemu}'>
          <name>{Name}</name>
          <memory unit='MiB'>{Mebibytes}</memory>
          {More}
          <os><type arch='x86_64' machine='{Machine}'>hvm</type>{(Kernel is null ? "" : new XElement("kernel", Kernel))}</os>
          <features><acpi/></features>
          <devices><emulator>{Emulator}</emulator>{Devices}</devices>
          {new XElement(Qemu + "commandline", new XAttribute(XNamespace.Xmlns + "qemu", Qemu), Words.Select(w => new XElement(Qemu + "arg", new XAttribute("value", w))))}
        </domain>
        """;
}
