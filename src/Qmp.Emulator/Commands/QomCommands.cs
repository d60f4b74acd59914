using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Emulator.Machines;
using Qmp.Emulator.Objects;
using Qmp.Emulator.Recorded;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of qom.json.</summary>
/// <param name="tree">The objects.</param>
/// <param name="objects">Those that users made.</param>
/// <param name="monitorId">The id of the monitor that they come from; empty for none.</param>
internal sealed class QomCommands(ObjectTree tree, UserObjects objects, string monitorId) : IQomCommands
{
    public ValueTask<IReadOnlyList<ObjectPropertyInfo>> QomListAsync(
        QomListArguments arguments, CancellationToken cancellationToken)
    {
        ObjectNode node = tree.Find(arguments.Path);
        return new([
            .. node.Properties().Select(p => new ObjectPropertyInfo { Name = p.Name, Type = p.Type }),
            .. node.Children.Select(c => new ObjectPropertyInfo { Name = c.Name, Type = $"child<{c.Type}>" }),
        ]);
    }

    // What cannot be read has no value; a path that leads nowhere is an error.
    public ValueTask<IReadOnlyList<ObjectPropertiesValues>> QomListGetAsync(
        QomListGetArguments arguments, CancellationToken cancellationToken) =>
        new([.. arguments.Paths.Select(path => new ObjectPropertiesValues { Properties = Values(tree.Find(path)) })]);

    public ValueTask<JToken> QomGetAsync(QomGetArguments arguments, CancellationToken cancellationToken) =>
        new(tree.Find(arguments.Path).Property(arguments.Property).Get());

    public ValueTask QomSetAsync(QomSetArguments arguments, CancellationToken cancellationToken)
    {
        ObjectNode node = tree.Find(arguments.Path);
        ObjectProperty property = node.Property(arguments.Property);
        if (property.Set is not { } set) throw new CommandException($"Property '{node.Type}.{property.Name}' is not writable");
        try
        {
            set(arguments.Value);
        }
        catch (VisitorException e)
        {
            throw new CommandException(e.Message);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<ObjectTypeInfo>> QomListTypesAsync(
        QomListTypesArguments arguments, CancellationToken cancellationToken) =>
        new([
            .. from type in tree.Types.All
               where arguments.Abstract == true || !type.IsAbstract
               where arguments.Implements is not { } wanted || type.Is(wanted)
               select new ObjectTypeInfo { Name = type.Name, Abstract = type.IsAbstract ? true : null, Parent = type.Parent },
        ]);

    public ValueTask<IReadOnlyList<ObjectPropertyInfo>> QomListPropertiesAsync(
        QomListPropertiesArguments arguments, CancellationToken cancellationToken)
    {
        RecordedType type = tree.Types.Find(arguments.Typename)
            ?? throw new CommandException(new QmpError("DeviceNotFound", $"Class '{arguments.Typename}' not found"));
        return new(Describe(type.ObjectProperties ?? throw new CommandException("Parameter 'typename' expects a QOM type")));
    }

    public ValueTask ObjectAddAsync(ObjectOptions arguments, CancellationToken cancellationToken)
    {
        objects.Add(arguments);
        return ValueTask.CompletedTask;
    }

    public ValueTask ObjectDelAsync(ObjectDelArguments arguments, CancellationToken cancellationToken)
    {
        objects.Remove(arguments.Id, monitorId);
        return ValueTask.CompletedTask;
    }

    private static IReadOnlyList<ObjectPropertyValue> Values(ObjectNode node) =>
    [
        .. node.Properties().Select(p => new ObjectPropertyValue { Name = p.Name, Type = p.Type, Value = p.Get() }),
        .. node.Children.Select(c => new ObjectPropertyValue { Name = c.Name, Type = $"child<{c.Type}>", Value = c.Path }),
    ];

    /// <summary>Recorded properties, as replies show them.</summary>
    internal static IReadOnlyList<ObjectPropertyInfo> Describe(IEnumerable<RecordedProperty> properties) =>
    [
        .. properties.Select(p => new ObjectPropertyInfo
        {
            Name = p.Name,
            Type = p.Type,
            Description = p.Values,
            DefaultValue = p.Default,
        }),
    ];
}
