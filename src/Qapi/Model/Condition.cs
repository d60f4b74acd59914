namespace Qapi.Model;

/// <summary>A condition on configuration symbols (qapi-code-gen, "Configuring the schema").</summary>
internal abstract class Condition
{
    private Condition()
    {
    }

    /// <summary>The condition of everything that has none.</summary>
    public static Condition None { get; } = new All([]);

    /// <summary>Whether there is a condition at all.</summary>
    public bool IsPresent => this != None;

    /// <summary>Whether the condition holds when exactly these symbols are defined.</summary>
    public abstract bool Holds(ISet<string> defined);

    /// <summary>A symbol is defined.</summary>
    public sealed class Defined(string symbol) : Condition
    {
        public string Symbol { get; } = symbol;

        public override bool Holds(ISet<string> defined) => defined.Contains(Symbol);
    }

    public sealed class All(IReadOnlyList<Condition> operands) : Condition
    {
        public IReadOnlyList<Condition> Operands { get; } = operands;

        public override bool Holds(ISet<string> defined) => Operands.All(operand => operand.Holds(defined));
    }

    public sealed class Any(IReadOnlyList<Condition> operands) : Condition
    {
        public IReadOnlyList<Condition> Operands { get; } = operands;

        public override bool Holds(ISet<string> defined) => Operands.Any(operand => operand.Holds(defined));
    }

    public sealed class Not(Condition operand) : Condition
    {
        public Condition Operand { get; } = operand;

        public override bool Holds(ISet<string> defined) => !Operand.Holds(defined);
    }
}
