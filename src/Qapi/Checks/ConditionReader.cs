using Qapi.Model;
using Qapi.Syntax;

namespace Qapi.Checks;

/// <summary>Reads <c>if</c> (qapi-code-gen, "Configuring the schema").</summary>
internal static class ConditionReader
{
    private static readonly string[] Operators = ["all", "any", "not"];

    /// <summary>The condition under the key <c>if</c> of a definition, member, value, branch or feature.</summary>
    public static Condition Read(ObjectNode node, Subject subject, Origin origin)
    {
        var condition = node.Find("if");
        return condition is null ? Condition.None : ReadOne(condition, subject, origin);
    }

    private static Condition ReadOne(SyntaxNode node, Subject subject, Origin origin)
    {
        if (node is StringNode { Value: var symbol })
        {
            if (!IsSymbol(symbol))
                throw origin.Error($"'if' condition '{symbol}' of {subject} is not a valid identifier");
            return new Condition.Defined(symbol);
        }
        if (node is not ObjectNode operation)
            throw origin.Error($"'if' condition of {subject} must be a string or an object");
        KeyRules.Check(operation, new Subject($"'if' condition of {subject}"), origin, [], Operators);
        if (operation.Members.Count != 1)
            throw origin.Error($"'if' condition of {subject} has conflicting keys");
        var key = operation.Members[0].Key;
        var operand = operation.Members[0].Value;
        if (key == "not")
            return new Condition.Not(ReadOne(operand, subject, origin));
        if (operand is not ListNode list)
            throw origin.Error($"'{key}' condition of {subject} must be an array");
        if (list.Items.Count == 0)
            throw origin.Error($"'if' condition [] of {subject} is useless");
        var operands = list.Items.Select(item => ReadOne(item, subject, origin)).ToList();
        return key == "all" ? new Condition.All(operands) : new Condition.Any(operands);
    }

    private static bool IsSymbol(string text) =>
        text.Length > 0 && text[0] is >= 'A' and <= 'Z'
        && text.All(c => c is >= 'A' and <= 'Z' or >= '0' and <= '9' or '_');
}
