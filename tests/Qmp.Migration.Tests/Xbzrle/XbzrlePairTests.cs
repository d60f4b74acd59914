using System.Security.Cryptography;
using Qmp.Devices.Workload;
using Qmp.Machine;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Xbzrle;

/// <summary>Guests that rewrite pages move by the differences, and arrive whole.</summary>
[TestFixture]
internal sealed class XbzrlePairTests
{
    private const ulong Ram = 8 << 20;
    private const int Page = RamBlock.PageSize;

    private static readonly MigrationCapability[] Capabilities =
        [MigrationCapability.Xbzrle, MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck];

    [TestCase(1 << 20, TestName = "Cache_holds_the_working_set")]
    [TestCase(64 << 10, TestName = "Cache_is_smaller_than_the_working_set")]
    [TestCase(Page, TestName = "Cache_holds_one_page")]
    public void A_guest_that_writes_loses_no_write(int cache)
    {
        using MigrationPair pair = Create((ulong)cache, workload: true);
        pair.Migrate();
        pair.CheckMoved();
        XBZRLECacheStats statistics = pair.Source.Core.Query().XbzrleCache!;
        Assert.That(statistics.CacheSize, Is.EqualTo(cache));
        if (cache > Page)
        {
            Assert.That(statistics.Pages, Is.GreaterThan(0));
            Assert.That(statistics.Bytes, Is.GreaterThan(0).And.LessThan(statistics.Pages * Page));
        }

        Assert.That(statistics.CacheMiss, cache >= 1 << 20 ? Is.GreaterThan(100) : Is.GreaterThan(1000));
        Assert.That(pair.Source.Core.Query().Ram!.DirtySyncCount, Is.GreaterThan(5));
    }

    [Test]
    public void Differences_take_less_of_the_link_than_pages()
    {
        long with = Transferred(Capabilities);
        long without = Transferred(Capabilities[1..]);
        Assert.That(with, Is.LessThan(without * 0.8));

        static long Transferred(MigrationCapability[] capabilities)
        {
            using MigrationPair pair = Create(1 << 20, workload: true, capabilities);
            pair.Migrate();
            pair.CheckMoved();
            return pair.Source.Core.Query().Ram!.Transferred;
        }
    }

    [Test]
    public void Cache_may_be_resized_while_it_is_used()
    {
        using MigrationPair pair = Create(1 << 20, workload: true);
        pair.Migrate(async () =>
        {
            foreach (int size in new[] { Page, 2 << 20, 64 << 10, 128 << 10, 16 << 20 })
            {
                await Wait.ForAsync(pair.Timeline, TimeSpan.FromMilliseconds(700));
                Assert.That(pair.Source.Status, Is.EqualTo(MigrationStatus.Active));
                pair.Source.Core.Options.SetParameters(new MigrateSetParameters { XbzrleCacheSize = (ulong)size });
            }
        });
        pair.CheckMoved();
        Assert.That(pair.Source.Core.Query().XbzrleCache!.CacheSize, Is.EqualTo(16 << 20));
    }

    // All in one burst: what is sent of a page stays as it is while many others are looked at.
    [Test]
    public void Pages_that_have_not_changed_do_not_disturb_those_that_have()
    {
        const int Rewritten = 1100; // more than there are pieces in a burst
        using MigrationPair pair = Create(8 << 20, workload: false).Fill(1);
        pair.Migrate(async () =>
        {
            var round = TimeSpan.FromSeconds(1);
            await Wait.ForAsync(pair.Timeline, round);
            await RoundAsync(pair, i => i < Rewritten, page => page);
            await Wait.ForAsync(pair.Timeline, round);
            await RoundAsync(pair, i => i < Rewritten, page => page);
            await Wait.ForAsync(pair.Timeline, round);
            long pages = pair.Source.Core.Query().XbzrleCache!.Pages;
            Assert.That(pages, Is.GreaterThan(1000));
            await RoundAsync(pair, i => i < Rewritten, (number, page) =>
            {
                if (number is < 10 or > 1020) page.AsSpan(100, 2000).Fill((byte)(number + 1));
                return page;
            });
        });
        pair.CheckMoved();
    }

    [Test]
    public void Pages_of_all_kinds_change()
    {
        var random = new Random(11);
        using MigrationPair pair = Create(2 << 20, workload: false).Fill(0.7);
        pair.Migrate(async () =>
        {
            for (int round = 0; round < 12; round++)
            {
                await RoundAsync(pair, _ => random.Next(3) == 0, (_, page) =>
                {
                    switch (random.Next(5))
                    {
                        case 0:
                            page.AsSpan().Clear();
                            break;
                        case 1:
                            random.NextBytes(page);
                            break;
                        case 2:
                            for (int i = 0; i < Page; i += 2) page[i]++;
                            break;
                        case 3:
                            break;
                        default:
                            page.AsSpan(random.Next(Page)).Fill((byte)random.Next());
                            break;
                    }

                    return page;
                });
            }
        });
        pair.CheckMoved();
        XBZRLECacheStats statistics = pair.Source.Core.Query().XbzrleCache!;
        Assert.That(statistics.Pages, Is.GreaterThan(500));
        Assert.That(statistics.Overflow, Is.GreaterThan(100));
        Assert.That(statistics.CacheMiss, Is.GreaterThan(100));
    }

    // A whole PC, which differs in devices: its memory comes before them.
    [Test]
    public void What_qemu_sent_is_read()
    {
        (string Id, ulong Length, string Hash)[] blocks =
        [
            ("pc.ram", 16777216, "1bf2e363897b5511"),
            ("/rom@etc/acpi/tables", 131072, "db7a4a4c30c261e6"),
            ("pc.bios", 262144, "328ee0205b22b3ed"),
            ("pc.rom", 131072, "fa43239bcee7b97c"),
            ("/rom@etc/table-loader", 4096, "6580b3c25d5134e1"),
            ("/rom@etc/acpi/rsdp", 4096, "e0bc2c79f24a443d"),
        ];
        var timeline = new VirtualTimeline();
        var log = new LogLines();
        using var machine = new TestMachine(
            timeline,
            new ByteConnector(Capture.Read("e_pc_xbzrle.fwd")),
            "pc",
            identity: new MachineIdentity("pc-i440fx-10.0"),
            memory: memory =>
            {
                for (int i = 0; i < blocks.Length; i++) memory.Map(RamBlock.Anonymous(blocks[i].Id, blocks[i].Length), (ulong)i << 30);
            },
            logger: log.Logger);
        machine.With(MigrationCapability.Xbzrle);
        timeline.Run(async () =>
        {
            machine.Listening("/unused");
            await Wait.EndAsync(machine, timeline);
        });
        Assert.That(log.Warnings, Has.Some.StartsWith("Unknown savevm section or instance 'cpu_common' 0."));
        for (int i = 0; i < blocks.Length; i++)
        {
            byte[] bytes = new byte[blocks[i].Length];
            machine.Machine.Memory.Peek((ulong)i << 30, bytes);
            Assert.That(Convert.ToHexStringLower(SHA256.HashData(bytes))[..16], Is.EqualTo(blocks[i].Hash), blocks[i].Id);
        }
    }

    private static MigrationPair Create(ulong cache, bool workload, MigrationCapability[]? capabilities = null)
    {
        var pair = new MigrationPair(
            capabilities ?? Capabilities,
            new MigrateSetParameters { XbzrleCacheSize = cache },
            Ram,
            workload ? new WorkloadSettings { Rate = 1_500_000, WorkingSet = 512 << 10 } : null);
        pair.Network.Link = new LinkSettings { Bandwidth = 10_000_000 };
        foreach (TestMachine machine in new[] { pair.Source, pair.Destination })
        {
            machine.Core.Entries.Add(new AckDevice(TimeSpan.FromSeconds(8)));
        }

        return pair;
    }

    private static ValueTask RoundAsync(MigrationPair pair, Func<int, bool> chosen, Func<byte[], byte[]> change) =>
        RoundAsync(pair, chosen, (_, page) => change(page));

    // Waits for the next round, and changes pages in it, all at once.
    private static async ValueTask RoundAsync(MigrationPair pair, Func<int, bool> chosen, Func<int, byte[], byte[]> change)
    {
        await Wait.ForAsync(pair.Timeline, TimeSpan.FromMilliseconds(500));
        Assert.That(pair.Source.Status, Is.EqualTo(MigrationStatus.Active));
        byte[] page = new byte[Page];
        for (int number = 0; number < (int)Ram / Page; number++)
        {
            if (!chosen(number)) continue;
            pair.Source.Machine.Memory.Peek((ulong)number * Page, page);
            pair.Source.Machine.Memory.Load((ulong)number * Page, change(number, page));
        }
    }
}
