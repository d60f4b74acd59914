using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Visitors;
using Qmp.StreamJsonRpc.Values;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace Qmp.StreamJsonRpc.Mapping;

/// <summary>A command for a server's target method, or an event for a client's.</summary>
/// <remarks>
/// Parameters are found by name. One of type <see cref="QmpEvent"/> gets the event itself; one called
/// <see cref="ValueMapping.WholeObject"/>, or the only one of a method that asks for it by
/// <see cref="JsonRpcMethodAttribute.UseSingleObjectParameterDeserialization"/>, gets all members.
/// Members of an event that no parameter takes are dropped: a newer server may send more. Arguments of a command that
/// no parameter takes are an error.
/// </remarks>
internal sealed class InboundRequest : JsonRpcRequest
{
    private readonly JObject _members;
    private readonly ValueMapping _values;
    private readonly QmpEvent? _raised;

    private InboundRequest(string method, JObject? members, ValueMapping values, QmpEvent? raised)
    {
        _members = members ?? [];
        _values = values;
        _raised = raised;
        Method = method;
        NamedArguments = _members.Properties().ToDictionary(p => p.Name, object? (p) => p.Value);
    }

    /// <summary>Why the last method that was tried cannot take the arguments, as QEMU words it.</summary>
    public string? Mismatch { get; private set; }

    /// <summary>An event as the notification that it is.</summary>
    public static InboundRequest Event(QmpEvent raised, ValueMapping values) =>
        new(raised.Name, raised.Data, values, raised);

    /// <summary>A command, to be answered under <paramref name="id"/>.</summary>
    public static InboundRequest Command(string name, JObject? arguments, RequestId id, ValueMapping values) =>
        new(name, arguments, values, raised: null) { RequestId = id };

    /// <inheritdoc/>
    public override ArgumentMatchResult TryGetTypedArguments(
        ReadOnlySpan<ParameterInfo> parameters, Span<object?> typedArguments) =>
        TryGetTypedArguments(parameters, default, typedArguments);

    /// <inheritdoc/>
    public override ArgumentMatchResult TryGetTypedArguments(
        ReadOnlySpan<ParameterInfo> parameters, ReadOnlySpan<string?> parameterNames, Span<object?> typedArguments)
    {
        Mismatch = null;
        HashSet<string> unread = _raised is null ? [.. _members.Properties().Select(p => p.Name)] : [];
        for (int i = 0; i < parameters.Length; i++)
        {
            string name = (parameterNames.IsEmpty ? parameters[i].Name : parameterNames[i]) ?? "";
            bool isOnly = parameters.Length == 1;
            ArgumentMatchResult match = Take(parameters[i], name, isOnly, unread, out typedArguments[i]);
            if (match != ArgumentMatchResult.Success) return match;
        }

        if (unread.Count == 0) return ArgumentMatchResult.Success;
        Mismatch = $"Parameter '{unread.First()}' is unexpected";
        return ArgumentMatchResult.ParameterArgumentCountMismatch;
    }

    /// <inheritdoc/>
    public override bool TryGetArgumentByNameOrIndex(
        string? name, int position, Type? typeHint, [NotNullWhen(true)] out object? value)
    {
        value = name is not null && _members.TryGetValue(name, StringComparison.Ordinal, out JToken? member)
            ? _values.FromToken(member, typeHint ?? typeof(JToken))
            : null;
        return value is not null;
    }

    /// <summary>Gives the <c>timestamp</c> of an event as a <see cref="DateTimeOffset"/>.</summary>
    public override bool TryGetTopLevelProperty<T>(string name, [MaybeNull] out T value)
    {
        if (name == "timestamp" && _raised?.Timestamp is T timestamp)
        {
            value = timestamp;
            return true;
        }

        value = default;
        return false;
    }

    private ArgumentMatchResult Take(
        ParameterInfo parameter, string name, bool isOnly, HashSet<string> unread, out object? value)
    {
        if (_raised is not null && parameter.ParameterType == typeof(QmpEvent))
        {
            value = _raised;
            return ArgumentMatchResult.Success;
        }

        if (name == ValueMapping.WholeObject || (isOnly && TakesAll(parameter)))
        {
            unread.Clear();
            return Convert(name, _members, parameter.ParameterType, out value);
        }

        if (_members.TryGetValue(name, StringComparison.Ordinal, out JToken? member))
        {
            unread.Remove(name);
            return Convert(name, member, parameter.ParameterType, out value);
        }

        value = parameter.HasDefaultValue ? parameter.DefaultValue : null;
        if (parameter.HasDefaultValue) return ArgumentMatchResult.Success;
        Mismatch = $"Parameter '{name}' is missing";
        return ArgumentMatchResult.MissingArgument;
    }

    private ArgumentMatchResult Convert(string name, JToken token, Type type, out object? value)
    {
        value = null;
        try
        {
            string? expected = _raised is null ? ExpectedKind.Of(token, type) : null;
            if (expected is null)
            {
                value = _values.FromToken(token, type);
                return ArgumentMatchResult.Success;
            }

            Mismatch = $"Invalid parameter type for '{name}', expected: {expected}";
        }
        catch (VisitorException e)
        {
            Mismatch = e.Message;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or FormatException or OverflowException)
        {
            Mismatch = $"Invalid value for parameter '{name}'";
        }

        return ArgumentMatchResult.ParameterArgumentTypeMismatch;
    }

    private static bool TakesAll(ParameterInfo parameter) =>
        parameter.Member.GetCustomAttribute<JsonRpcMethodAttribute>() is
            { UseSingleObjectParameterDeserialization: true };
}
