namespace Qapi.Emit;

/// <summary>The text of what generated readers, writers and dispatch lean on.</summary>
internal static class ApiSupport
{
    public const string VisitorsText = """
        /// <summary>What generated readers and writers share.</summary>
        internal static partial class ApiSupport
        {
            public static visitors::InputVisitor Checked(
                visitors::InputVisitor visitor, string name, visitors::SpecialFeatures features)
            {
                visitor.CheckMember(name, features);
                return visitor;
            }

            public static types::QNull ReadNull(visitors::InputVisitor visitor, string? name)
            {
                visitor.ReadNull(name);
                return default;
            }

            public static generic::IReadOnlyList<T> ReadList<T>(
                visitors::InputVisitor visitor, string? name, messages::ValueReader<T> reader)
            {
                var list = new generic::List<T>();
                visitor.StartList(name);
                while (visitor.NextElement())
                    list.Add(reader(visitor, null));
                visitor.EndList();
                return list;
            }

            public static void WriteList<T>(
                visitors::OutputVisitor visitor, global::System.ReadOnlySpan<byte> name,
                generic::IReadOnlyList<T> list, messages::ValueWriter<T> writer)
            {
                visitor.StartList(name);
                for (int i = 0; i < list.Count; i++)
                    writer(visitor, default, list[i]);
                visitor.EndList();
            }

            public static bool Contains<T>(generic::IReadOnlyList<T> list, T value)
            {
                for (int i = 0; i < list.Count; i++)
                {
                    if (generic::EqualityComparer<T>.Default.Equals(list[i], value))
                        return true;
                }
                return false;
            }

            // An enum text that the schema does not know is written from the bag in place of the member.
            public static bool Keeps(json::JObject? extension, string name) =>
                extension is not null && extension.ContainsKey(name);

            public static void Keep(ref json::JObject? extension, string name, json::JToken value)
            {
                extension ??= new json::JObject();
                extension[name] = value.Parent is null ? value : value.DeepClone();
            }

            public static void Keep(ref json::JObject? extension, json::JObject? more)
            {
                if (extension is null)
                {
                    extension = more;
                    return;
                }
                foreach (var member in more ?? new json::JObject())
                    Keep(ref extension, member.Key, member.Value!);
            }

            public static json::JObject? Merged(json::JObject? left, json::JObject? right)
            {
                if (left is null || right is null)
                    return left ?? right;
                json::JObject? merged = new json::JObject(left);
                Keep(ref merged, right);
                return merged;
            }
        }
        """;

    public const string ServerText = """
        /// <summary>What generated dispatch shares.</summary>
        internal static partial class ApiSupport
        {
            // The usual handler has finished by the time it returns; then nothing is allocated for waiting.
            public static tasks::ValueTask<dispatch::CommandResult> Answer<T>(
                tasks::ValueTask<T> pending, dispatch::ResultWriter writer)
                where T : notnull
            {
                return pending.IsCompletedSuccessfully
                    ? new tasks::ValueTask<dispatch::CommandResult>(
                        new dispatch::CommandResult(pending.Result, writer))
                    : AnswerLater(pending, writer);
            }

            public static tasks::ValueTask<dispatch::CommandResult> Answer(tasks::ValueTask pending)
            {
                if (!pending.IsCompletedSuccessfully)
                    return AnswerLater(pending);
                pending.GetAwaiter().GetResult();
                return default;
            }

            private static async tasks::ValueTask<dispatch::CommandResult> AnswerLater<T>(
                tasks::ValueTask<T> pending, dispatch::ResultWriter writer)
                where T : notnull
            {
                return new dispatch::CommandResult(await pending.ConfigureAwait(false), writer);
            }

            private static async tasks::ValueTask<dispatch::CommandResult> AnswerLater(tasks::ValueTask pending)
            {
                await pending.ConfigureAwait(false);
                return default;
            }
        }
        """;
}
