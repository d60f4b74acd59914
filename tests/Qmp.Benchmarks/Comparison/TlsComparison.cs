using Qmp.Benchmarks.Measuring;
using Qmp.TestSupport;
using Qmp.Types;

namespace Qmp.Benchmarks.Comparison;

/// <summary>Migrations of 1 GiB over TLS with certificates, by TCP on loopback.</summary>
internal sealed class TlsComparison : IComparison
{
    private const int Megabytes = 1024;
    private const string Id = "tls0";

    public string Name => "tls";

    public void Run(int rounds, Report report) => RunAsync(rounds, report).GetAwaiter().GetResult();

    private static async Task RunAsync(int rounds, Report report)
    {
        using var folder = new TemporaryFolder();
        string image = folder.File("image");
        await MemoryImage.WriteRandomAsync(image, Megabytes).ConfigureAwait(false);
        var authority = new TlsAuthority();
        string server = authority.WriteServer(folder.File("server"), ["127.0.0.1"]);
        string client = authority.WriteClient(folder.File("client"));
        var run = new MigrationRun
        {
            Megabytes = Megabytes,
            Words = ["-object", $"tls-creds-x509,id={Id},endpoint=client,dir={client}", .. MemoryImage.Words(image)],
            DestinationWords = ["-object", $"tls-creds-x509,id={Id},endpoint=server,dir={server}"],
            IsWarm = true,
            UsesTcp = true,
            Parameters = new() { TlsCreds = new StrOrNull.S(Id) },
        };
        await MigrationTurns.CompareAsync("x509 over tcp", run, 1.0, rounds, report).ConfigureAwait(false);
        MigrationRun channels = run with
        {
            Capabilities = [MigrationCapability.Multifd],
            Parameters = run.Parameters with { MultifdChannels = 4 },
        };
        await MigrationTurns.CompareAsync("x509 over tcp, multifd, 4 channels", channels, 1.0, rounds, report).ConfigureAwait(false);
    }
}
