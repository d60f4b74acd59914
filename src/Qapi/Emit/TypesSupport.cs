namespace Qapi.Emit;

/// <summary>Writes what all generated types lean on.</summary>
internal static class TypesSupport
{
    public const string EqualityText = """
        /// <summary>Equality and hashes by value of lists and JSON.</summary>
        internal static class ValueEquality
        {
            public static bool Same(json::JToken? left, json::JToken? right) =>
                json::JToken.DeepEquals(left, right);

            public static int Hash(json::JToken? token) =>
                token is null ? 0 : json::JToken.EqualityComparer.GetHashCode(token);

            public static bool Same<T>(generic::IReadOnlyList<T>? left, generic::IReadOnlyList<T>? right)
            {
                if ((object?)left == right)
                    return true;
                if (left is null || right is null || left.Count != right.Count)
                    return false;
                for (int i = 0; i < left.Count; i++)
                {
                    if (!SameElement(left[i], right[i]))
                        return false;
                }
                return true;
            }

            public static int Hash<T>(generic::IReadOnlyList<T>? list)
            {
                var hash = new global::System.HashCode();
                for (int i = 0; i < (list?.Count ?? 0); i++)
                {
                    if (list![i] is json::JToken token)
                        hash.Add(Hash(token));
                    else
                        hash.Add(list[i]);
                }
                return hash.ToHashCode();
            }

            private static bool SameElement<T>(T left, T right) =>
                left is json::JToken token
                    ? Same(token, right as json::JToken)
                    : generic::EqualityComparer<T>.Default.Equals(left, right);
        }
        """;

    public const string CopyText = """
        /// <summary>Copies of what can change: lists and JSON.</summary>
        internal static class ValueCopy
        {
            public static json::JToken Of(json::JToken token) => token.DeepClone();

            public static json::JObject? Of(json::JObject? bag) => (json::JObject?)bag?.DeepClone();

            public static generic::IReadOnlyList<T> Of<T>(
                generic::IReadOnlyList<T> list, global::System.Func<T, T>? clone = null)
            {
                var copy = new T[list.Count];
                for (int i = 0; i < copy.Length; i++)
                    copy[i] = clone is null ? list[i] : clone(list[i]);
                return copy;
            }
        }
        """;

    public const string NullText = """
        /// <summary>The value <c>null</c>, where it is the only one.</summary>
        [global::System.CodeDom.Compiler.GeneratedCode("Qapi.Generators", "1.0")]
        public readonly record struct QNull;
        """;
}
