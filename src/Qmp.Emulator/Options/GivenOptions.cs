namespace Qmp.Emulator.Options;

/// <summary>The values of all options, in the order in which they were given.</summary>
internal sealed class GivenOptions
{
    private readonly Dictionary<Option, object> _values = [];
    private readonly List<Option> _taken = [];

    /// <summary>Adds a value.</summary>
    public void Add<T>(Option<T> option, OptionValue<T> value)
    {
        if (!_values.TryGetValue(option, out object? list)) _values.Add(option, list = new List<OptionValue<T>>());
        ((List<OptionValue<T>>)list).Add(value);
    }

    /// <summary>Puts a value in the place of another one.</summary>
    public void Replace<T>(Option<T> option, OptionValue<T> old, OptionValue<T> value)
    {
        var list = (List<OptionValue<T>>)_values[option];
        list[list.IndexOf(old)] = value;
    }

    /// <summary>All values of an option.</summary>
    public IReadOnlyList<OptionValue<T>> All<T>(Option<T> option) =>
        _values.TryGetValue(option, out object? list) ? (List<OptionValue<T>>)list : [];

    /// <summary>The last value of an option, or <see langword="null"/> if it was not given.</summary>
    public OptionValue<T>? Last<T>(Option<T> option) => All(option) is [.., var last] ? last : null;

    /// <summary>The options that were given, each once, in order.</summary>
    public IReadOnlyList<Option> Taken => _taken;

    /// <summary>Notes that an option was given, whether or not it has a value of its own.</summary>
    public void Note(Option option)
    {
        if (!_taken.Contains(option)) _taken.Add(option);
    }

    /// <summary>Whether an option has a value.</summary>
    public bool Has(Option option) => _values.ContainsKey(option);
}
