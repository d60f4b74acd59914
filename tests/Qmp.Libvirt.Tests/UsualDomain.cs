using Qmp.Libvirt.Tests.Bench;

namespace Qmp.Libvirt.Tests;

/// <summary>A domain with the devices that most have.</summary>
internal static class UsualDomain
{
    /// <summary>The size of its disk.</summary>
    public const long DiskSize = 16 << 20;

    /// <summary>Gives a domain these devices.</summary>
    /// <param name="domain">The rest of it.</param>
    /// <param name="folder">Where its disk and its medium are made.</param>
    public static DomainXml Of(DomainXml domain, string folder)
    {
        foreach ((string name, long size) in (ReadOnlySpan<(string, long)>)[("disk", DiskSize), ("medium", 1 << 20)])
        {
            using FileStream file = File.Create(Path.Combine(folder, name));
            file.SetLength(size);
        }

        return domain with
        {
            Machine = "q35",
            More =
                """
                <uuid>aaaaaaaa-0000-4000-8000-00000000000b</uuid>
                <vcpu current='2'>4</vcpu>
                <on_crash>destroy</on_crash>
                """,
            Devices =
                $"""
                <disk type='file' device='disk'>
                  <driver name='qemu' type='raw'/><source file='{folder}/disk'/><target dev='vda' bus='virtio'/><boot order='1'/>
                </disk>
                <disk type='file' device='cdrom'>
                  <driver name='qemu' type='raw'/><source file='{folder}/medium'/><target dev='sda' bus='sata'/><readonly/>
                </disk>
                <controller type='scsi' index='0' model='virtio-scsi'/>
                <interface type='user'><mac address='52:54:00:cc:7c:b5'/><model type='virtio'/></interface>
                <serial type='pty'/>
                <console type='pty'/>
                <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
                <input type='tablet' bus='usb'/>
                <memballoon model='virtio'/>
                <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
                <watchdog model='itco' action='reset'/>
                <video><model type='none'/></video>
                """,
        };
    }
}
