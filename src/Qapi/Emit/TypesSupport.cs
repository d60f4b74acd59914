namespace Qapi.Emit;

/// <summary>Writes what all generated types lean on.</summary>
internal static class TypesSupport
{
    public const string EqualityText = """
        /// <summary>Equality and hashes by value of lists and JSON.</summary>
        internal static class ValueEquality
        {
            public static bool Same(
                global::Newtonsoft.Json.Linq.JToken? left, global::Newtonsoft.Json.Linq.JToken? right) =>
                global::Newtonsoft.Json.Linq.JToken.DeepEquals(left, right);

            public static int Hash(global::Newtonsoft.Json.Linq.JToken? token) =>
                token is null ? 0 : global::Newtonsoft.Json.Linq.JToken.EqualityComparer.GetHashCode(token);

            public static bool Same<T>(
                global::System.Collections.Generic.IReadOnlyList<T>? left,
                global::System.Collections.Generic.IReadOnlyList<T>? right)
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

            public static int Hash<T>(global::System.Collections.Generic.IReadOnlyList<T>? list)
            {
                var hash = new global::System.HashCode();
                for (int i = 0; i < (list?.Count ?? 0); i++)
                {
                    if (list![i] is global::Newtonsoft.Json.Linq.JToken token)
                        hash.Add(Hash(token));
                    else
                        hash.Add(list[i]);
                }
                return hash.ToHashCode();
            }

            private static bool SameElement<T>(T left, T right) =>
                left is global::Newtonsoft.Json.Linq.JToken token
                    ? Same(token, right as global::Newtonsoft.Json.Linq.JToken)
                    : global::System.Collections.Generic.EqualityComparer<T>.Default.Equals(left, right);
        }
        """;

    public const string NullText = """
        /// <summary>The value <c>null</c>, where it is the only one.</summary>
        [global::System.CodeDom.Compiler.GeneratedCode("Qapi.Generators", "1.0")]
        public readonly record struct QNull;
        """;
}
