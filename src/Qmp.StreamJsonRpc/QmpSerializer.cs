using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Serialization;

namespace Qmp.StreamJsonRpc;

/// <summary>How .NET values become arguments, and results and event data become .NET values.</summary>
public static class QmpSerializer
{
    /// <summary>
    /// A serializer with QMP's habits: names in lower case with hyphens (<c>MaxBandwidth</c> is <c>max-bandwidth</c>),
    /// enums as text, no members for nulls, text that looks like a date is text. What a dictionary or an attribute
    /// names keeps its name.
    /// </summary>
    /// <param name="converters">Converters that go before, such as a <see cref="QmpValueConverter"/>.</param>
    public static JsonSerializer Create(params IEnumerable<JsonConverter> converters)
    {
        var naming = new KebabCaseNamingStrategy();
        var serializer = new JsonSerializer
        {
            ContractResolver = new DefaultContractResolver { NamingStrategy = naming },
            NullValueHandling = NullValueHandling.Ignore,
            DateParseHandling = DateParseHandling.None,
            MetadataPropertyHandling = MetadataPropertyHandling.Ignore,
            // The dialect has its own limit.
            MaxDepth = null,
        };
        foreach (JsonConverter converter in converters) serializer.Converters.Add(converter);
        serializer.Converters.Add(new StringEnumConverter(naming, allowIntegerValues: false));
        return serializer;
    }
}
