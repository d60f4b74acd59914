using System.Reflection;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace Qmp.StreamJsonRpc.Tests.Support;

/// <summary>Messages as a JsonRpc makes them, and what it asks of those it gets.</summary>
internal static class Calls
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static JsonRpcRequest Call(long id, string method, object? arguments = null) =>
        new() { RequestId = new RequestId(id), Method = method, Arguments = arguments };

    public static JsonRpcRequest Notification(string method, object? arguments = null) =>
        new() { Method = method, Arguments = arguments };

    public static JsonRpcRequest Cancellation(long id) =>
        Notification("$/cancelRequest", new Dictionary<string, object?> { ["id"] = new RequestId(id) });

    public static ValueTask WriteAsync(this IJsonRpcMessageHandler handler, JsonRpcMessage message) =>
        handler.WriteAsync(message, CancellationToken.None);

    public static async Task<JsonRpcMessage?> ReadAsync(this IJsonRpcMessageHandler handler) =>
        await handler.ReadAsync(CancellationToken.None).AsTask().WaitAsync(Patience);

    public static async Task<T> ReadAsync<T>(this IJsonRpcMessageHandler handler)
        where T : JsonRpcMessage
    {
        JsonRpcMessage? message = await handler.ReadAsync();
        Assert.That(message, Is.InstanceOf<T>());
        return (T)message!;
    }

    /// <summary>What a JsonRpc would pass to the method; null if it would not call it.</summary>
    public static object?[]? Bind(this JsonRpcRequest request, Delegate target)
    {
        ParameterInfo[] parameters = target.Method.GetParameters();
        string?[] names = [.. parameters.Select(NameOf)];
        var arguments = new object?[parameters.Length];
        return request.TryGetTypedArguments(parameters, names, arguments) == JsonRpcRequest.ArgumentMatchResult.Success
            ? arguments
            : null;
    }

    /// <summary>Looks at the attribute without making one: that would take assemblies that need not be here.</summary>
    private static string? NameOf(ParameterInfo parameter) =>
        parameter.CustomAttributes.FirstOrDefault(a => a.AttributeType == typeof(JsonRpcParameterAttribute))
            ?.ConstructorArguments[0].Value as string ?? parameter.Name;
}
