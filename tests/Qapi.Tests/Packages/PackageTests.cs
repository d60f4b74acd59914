using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;

namespace Qapi.Tests.Packages;

/// <summary>
/// The packages as strangers get them: packed from what was built, and used by tests/Qapi.Sample, a copy of which is
/// built with these packages and those that the machine already has, and with nothing else.
/// </summary>
[Category("Slow")]
public sealed class PackageTests
{
    private static readonly string[] Projects = ["Qapi.Generators", "Qmp.Linux", "Qmp.Protocol", "Qmp.Server", "Qmp.Client"];

    private string _directory = "";

    private string Feed => Path.Combine(_directory, "feed");

    [OneTimeSetUp]
    public async Task Pack()
    {
        _directory = Directory.CreateTempSubdirectory("packages").FullName;
        foreach (var project in Projects)
        {
            var (status, output) = await DotnetCommand.RunAsync(Repository.Root, "pack", "--no-build",
                "-c", Metadata("Configuration"), "-o", Feed, Path.Combine("src", project));
            Assert.That(status, Is.Zero, output);
        }
    }

    [OneTimeTearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Sample_serves_its_own_schema_and_is_its_own_client()
    {
        var (status, output) = await DotnetCommand.RunAsync(Sample("works"), "run", "-c", "Release");
        Assert.That((status, output), Is.EqualTo((0, """
            Blue Monday, from the record on shelf 7
            The news, from 88.2 MHz
            Blue Monday is over, skipped
            GenericError: Nothing goes above 11

            """)));
    }

    [Test]
    public async Task Wrong_schema_fails_the_build_where_it_is_wrong()
    {
        var sample = Sample("wrong");
        var schema = Path.Combine(sample, "session.json");
        File.WriteAllText(schema, File.ReadAllText(schema).Replace("[ 'oob' ]", "[ 'oob', ]"));
        var (status, output) = await DotnetCommand.RunAsync(sample, "build", "-c", "Release");
        Assert.That(status, Is.EqualTo(1));
        Assert.That(output, Does.Contain(
            $"{schema}(12,45): error QAPI001: expected '{{', '[', string, or boolean"));
    }

    [Test]
    public void Generator_is_an_analyzer_and_nothing_else()
    {
        using var package = Open("Qapi.Generators");
        Assert.That(Files(package), Is.EquivalentTo((string[])
        [
            "README.md", "analyzers/dotnet/cs/Qapi.Generators.dll", "build/Qapi.Generators.props",
            "build/Qapi.Generators.targets",
        ]));
        Assert.That(Dependencies(package), Is.Empty);
    }

    [TestCase("Qmp.Linux")]
    [TestCase("Qmp.Protocol", "Qmp.Linux", "Newtonsoft.Json")]
    [TestCase("Qmp.Server", "Qmp.Protocol", "Serilog")]
    [TestCase("Qmp.Client", "Qmp.Protocol", "Microsoft.Extensions.Logging.Abstractions")]
    public void Runtime_is_documented_and_needs_little(string id, params string[] needs)
    {
        using var package = Open(id);
        Assert.That(Files(package), Is.EquivalentTo((string[])
        [
            "README.md", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml", $"lib/net8.0/{id}.dll", $"lib/net8.0/{id}.xml",
        ]));
        Assert.That(Dependencies(package).Distinct(), Is.EquivalentTo(needs));
    }

    [TestCase("Qmp.Linux")]
    [TestCase("Qmp.Protocol")]
    [TestCase("Qmp.Server")]
    [TestCase("Qmp.Client")]
    public void Runtime_can_be_debugged(string id)
    {
        using var symbols = ZipFile.OpenRead(Directory.GetFiles(Feed, $"{id}.*.snupkg").Single());
        Assert.That(Files(symbols), Is.EquivalentTo((string[])[$"lib/net10.0/{id}.pdb", $"lib/net8.0/{id}.pdb"]));
    }

    [Test]
    public void Package_can_be_traced([ValueSource(nameof(Projects))] string id)
    {
        if (!Path.Exists(Path.Combine(Repository.Root, ".git")))
            Assert.Ignore("a package names its commit where it is built from a repository");
        using var package = Open(id);
        var description = Description(package);
        Assert.That(Value("version"), Does.Match(@"^\d+\.\d+\.\d+-dev\.[1-9]\d*$"), "it moves with each commit");
        Assert.That(Value("readme"), Is.EqualTo("README.md"));
        Assert.That(Value("description"), Has.Length.GreaterThan(20));
        var repository = description.Descendants().Single(element => element.Name.LocalName == "repository");
        Assert.That(repository.Attribute("type")!.Value, Is.EqualTo("git"));
        Assert.That(repository.Attribute("commit")!.Value, Does.Match("^[0-9a-f]{40}$"));

        string Value(string name) => description.Descendants().First(element => element.Name.LocalName == name).Value;
    }

    /// <summary>A copy of the sample, in a directory of its own, that finds the packages.</summary>
    private string Sample(string name)
    {
        var sample = Directory.CreateDirectory(Path.Combine(_directory, name)).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Qapi.Sample")))
            File.Copy(file, Path.Combine(sample, Path.GetFileName(file)));
        // What the packages depend on has been restored for this build: a folder of packages is a source, too.
        File.WriteAllText(Path.Combine(sample, "nuget.config"), $"""
            <configuration>
              <config>
                <add key="globalPackagesFolder" value="packages" />
              </config>
              <packageSources>
                <clear />
                <add key="packed" value="{Feed}" />
                <add key="restored" value="{Metadata("NuGetPackageRoot")}" />
              </packageSources>
              <packageSourceMapping>
                <clear />
                <packageSource key="packed"><package pattern="Qapi.*" /><package pattern="Qmp.*" /></packageSource>
                <packageSource key="restored"><package pattern="*" /></packageSource>
              </packageSourceMapping>
            </configuration>
            """);
        return sample;
    }

    private ZipArchive Open(string id) => ZipFile.OpenRead(Directory.GetFiles(Feed, $"{id}.*.nupkg").Single());

    /// <summary>What is in a package, but for what every package has.</summary>
    private static IEnumerable<string> Files(ZipArchive package) => package.Entries
        .Select(entry => entry.FullName)
        .Where(name => name != "[Content_Types].xml" && !name.EndsWith(".nuspec", StringComparison.Ordinal)
            && !name.StartsWith("_rels/", StringComparison.Ordinal)
            && !name.StartsWith("package/", StringComparison.Ordinal));

    private static IEnumerable<string> Dependencies(ZipArchive package) =>
        [.. Description(package).Descendants().Where(element => element.Name.LocalName == "dependency")
            .Select(dependency => dependency.Attribute("id")!.Value)];

    private static XDocument Description(ZipArchive package)
    {
        using var text = package.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(text);
    }

    private static string Metadata(string key) => typeof(PackageTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
