using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Protocol.Json;
using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Text;
using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>A device that is asked for, by <c>-device</c> or <c>device_add</c>.</summary>
/// <param name="Driver">Its type.</param>
/// <param name="Id">Its id; <see langword="null"/> for none.</param>
/// <param name="Bus">The bus that it goes on; <see langword="null"/> for the first that fits.</param>
/// <param name="Properties">The properties that were given.</param>
/// <param name="IsText">Whether these are text that stands for values of any type, and not JSON.</param>
internal sealed record DeviceArguments(string Driver, string? Id, string? Bus, JObject Properties, bool IsText)
{
    private static readonly string[] OwnKeys = ["driver", "id", "bus"];

    /// <summary>What it is, if it is one of our own; <see langword="null"/> for an inert one.</summary>
    public DeviceOptions? Own { get; init; }

    /// <summary>Reads the argument of <c>-device</c>: <c>key=value</c>, or JSON.</summary>
    /// <exception cref="CommandLineException">It is malformed, or names no driver.</exception>
    public static OptionValue<DeviceArguments> Read(string text, CommandLineParser parser)
    {
        try
        {
            DeviceArguments device = text.StartsWith('{') ? OfJson(text) : OfText(text, warning => parser.Warn($"-device {text}: {warning}"));
            if (device.Own is null && parser.Version.Recorded.Types.FindModel(device.Driver)?.Is("device") != true)
            {
                throw new VisitorException($"'{device.Driver}' is not a valid device model name");
            }

            return new OptionValue<DeviceArguments>("device", text, device);
        }
        catch (Exception e) when (e is VisitorException or JsonException)
        {
            throw CommandLineException.At("device", text, e.Message);
        }
    }

    /// <summary>Takes members apart.</summary>
    /// <exception cref="VisitorException">There is no driver, or a member that all devices have is no text.</exception>
    public static DeviceArguments From(JObject members, bool isText)
    {
        var visitor = new JsonInputVisitor();
        visitor.Reset(members);
        visitor.StartStruct(null);
        string driver = visitor.ReadString("driver");
        string? bus = visitor.HasMember("bus") ? visitor.ReadString("bus") : null;
        string? id = visitor.HasMember("id") ? visitor.ReadString("id") : null;
        var properties = new JObject(members.Properties().Where(p => !OwnKeys.Contains(p.Name)));
        return new DeviceArguments(driver, id, bus, properties, isText)
        {
            Own = DeviceDriverExtensions.TryParse(driver, out _) ? ReadOwn(driver, members, isText) : null,
        };
    }

    private static DeviceOptions ReadOwn(string driver, JObject members, bool isText)
    {
        if (isText) return DeviceOptionsVisitor.Read(new KeyvalInputVisitor(members) { PropertiesOf = driver }, null);
        var visitor = new JsonInputVisitor { PropertiesOf = driver };
        visitor.Reset(members);
        return DeviceOptionsVisitor.Read(visitor, null);
    }

    private static DeviceArguments OfJson(string text)
    {
        using var reader = new QmpJsonReader(Encoding.UTF8.GetBytes(text));
        return From(JObject.Load(reader), isText: false);
    }

    /// <summary>Reads <c>key=value</c>.</summary>
    /// <exception cref="VisitorException">It is malformed, or names no driver.</exception>
    public static DeviceArguments OfText(string text, Action<string> warn)
    {
        OptionList options = OptionList.Parse(text, "driver", warn);
        var members = new JObject();
        foreach ((string key, string value) in options.Items) members[key] = value;
        if (options.Id is not null) members["id"] = options.Id;
        return From(members, isText: true);
    }
}
