using Newtonsoft.Json.Linq;

namespace Qmp.EndToEnd.Tests.Fuzz;

/// <summary>
/// Requests made from the schema, right and wrong ones: each is answered, nothing is thrown, hangs, or is left open.
/// </summary>
[TestFixture]
[NonParallelizable]
[Category("Fuzz"), Category("Slow")]
internal sealed class CommandFuzzTests
{
    private const int UsualCount = 1_500;
    private const int WholeCount = 60_000;
    private const int PerMachine = 500;
    private const int SpareDescriptors = 50;

    private static readonly string[][] Machines =
    [
        ["-M", "none", "-m", "1M"],
        ["-M", "none", "-m", "1M", "-incoming", "defer"],
        ["-m", "16M", "-S"],
    ];

    private static readonly string[] Simulated =
        ["-x-sim", "on", "-device", "x-vfio,id=nic0,initial-bytes=64K", "-device", "x-workload,rate=1M"];

    [Test]
    public async Task Every_request_is_answered([Values] bool simulated)
    {
        string folder = Directory.CreateTempSubdirectory("qmp-fuzz-").FullName;
        int descriptors = OpenDescriptors();
        FuzzedMachine? machine = null;
        CommandGenerator? generator = null;
        int asked = 0, refused = 0;
        try
        {
            Fuzzing.Run(Fuzzing.Count(UsualCount, WholeCount), number =>
            {
                if (number % PerMachine == 0) End(ref machine);
                if (machine is null)
                {
                    string[] words = Machines[Fuzzing.RandomOf(number).Next(Machines.Length)];
                    machine = FuzzedMachine.Start(folder, [.. words, .. simulated ? Simulated : []]);
                    string negotiation = number % 2 == 0 ? ", \"arguments\": {\"enable\": [\"oob\"]}" : "";
                    machine.Ask($"{{\"execute\": \"qmp_capabilities\"{negotiation}}}");
                    var schema = (JArray)machine.Ask("{\"execute\": \"query-qmp-schema\"}")!["return"]!;
                    generator = new CommandGenerator(schema, Fuzzing.RandomOf(number), folder);
                }

                JObject? reply = machine.Ask(generator!.Next());
                if (reply is null) End(ref machine);
                asked++;
                if (reply?.ContainsKey("error") == true) refused++;
            });
            End(ref machine);
        }
        finally
        {
            if (machine is not null) await machine.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }

        // Both outcomes must be exercised.
        Assert.That(refused, Is.InRange(asked / 5, asked * 4 / 5));
        Assert.That(OpenDescriptors() - descriptors, Is.LessThan(SpareDescriptors));
    }

    private static void End(ref FuzzedMachine? machine)
    {
        machine?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        machine = null;
    }

    private static int OpenDescriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
}
