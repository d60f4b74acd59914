using System.IO.Compression;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Qmp.Emulator.Recorded;

/// <summary>What a QEMU told <c>record.py</c> about itself. Each part is read when it is asked for.</summary>
/// <remarks>
/// Of the types, which every device needs, what is read stays. The other parts are trees of some MiB that a client asks for
/// once: they go when memory is collected, and are read again.
/// </remarks>
internal sealed class RecordedCatalogue
{
    private readonly string _resource;
    private readonly Lazy<TypeCatalogue> _types;
    private readonly Part _machines;
    private readonly Part _machinesWithProperties;
    private readonly Part _processors;
    private readonly Part _models;
    private readonly Part _options;
    private readonly Part _tpm;
    private readonly Part _pci;
    private readonly Part _commands;

    /// <summary>That of a release; nothing is read yet.</summary>
    public RecordedCatalogue(Version release)
    {
        _resource = $"qemu-{release}.zip";
        _types = new(() => new TypeCatalogue(Read("types")));
        _machines = new Part(this, "machines");
        _machinesWithProperties = new Part(this, "machines-compat");
        _processors = new Part(this, "cpus");
        _models = new Part(this, "cpu-models");
        _options = new Part(this, "options");
        _tpm = new Part(this, "tpm");
        _pci = new Part(this, "pci");
        _commands = new Part(this, "commands");
    }

    /// <summary>The types of objects.</summary>
    public TypeCatalogue Types => _types.Value;

    /// <summary>The reply to <c>query-machines</c>.</summary>
    public JToken Machines => _machines.Value;

    /// <summary>The same with what each machine type sets for older ones.</summary>
    public JToken MachinesWithProperties => _machinesWithProperties.Value;

    /// <summary>The reply to <c>query-cpu-definitions</c>.</summary>
    public JToken Processors => _processors.Value;

    /// <summary>
    /// The CPU models spelled out, by the way to do so. Each is what differs from the properties of <c>reference</c>.
    /// </summary>
    public JToken ProcessorModels => _models.Value;

    /// <summary>The reply to <c>query-command-line-options</c>.</summary>
    public JToken Options => _options.Value;

    /// <summary>The replies to <c>query-tpm-models</c> and <c>query-tpm-types</c>.</summary>
    public JToken Tpm => _tpm.Value;

    /// <summary>What <c>query-pci</c> tells of a device, but for its place, by the name of its type.</summary>
    public JToken Pci => _pci.Value;

    /// <summary>The names of all commands, in the order in which <c>query-commands</c> lists them.</summary>
    public JToken Commands => _commands.Value;

    private JToken Read(string part)
    {
        using Stream stream = typeof(RecordedCatalogue).Assembly.GetManifestResourceStream(_resource)!;
        using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
        using var text = new StreamReader(archive.GetEntry($"{part}.json")!.Open());
        using var reader = new JsonTextReader(text) { DateParseHandling = DateParseHandling.None };
        return JToken.ReadFrom(reader);
    }

    private sealed class Part(RecordedCatalogue catalogue, string name)
    {
        private readonly WeakReference<JToken?> _latest = new(null);

        public JToken Value
        {
            get
            {
                if (_latest.TryGetTarget(out JToken? read)) return read;
                JToken value = catalogue.Read(name);
                _latest.SetTarget(value);
                return value;
            }
        }
    }
}
