using Qmp.Shell.Language;

namespace Qmp.Shell.Session;

/// <summary>The servers of one shell, and which of them commands are for.</summary>
internal sealed class SessionSet
{
    /// <summary>Stands before the name of a server.</summary>
    public const char Mark = '@';

    private readonly List<(string Name, ShellSession Session)> _all;

    /// <param name="all">At least one; names differ.</param>
    public SessionSet(IEnumerable<(string Name, ShellSession Session)> all)
    {
        _all = [.. all];
        Current = _all[0].Session;
    }

    /// <summary>The one that lines without a name are for.</summary>
    public ShellSession Current { get; private set; }

    /// <summary>Whether there are several.</summary>
    public bool IsMany => _all.Count > 1;

    public IEnumerable<ShellSession> All => _all.Select(s => s.Session);

    public IEnumerable<string> Names => _all.Select(s => s.Name);

    public string NameOf(ShellSession session) => _all.First(s => s.Session == session).Name;

    /// <summary>Names for servers: what their addresses are called, each once.</summary>
    public static IReadOnlyList<string> NamesFor(IEnumerable<string> servers)
    {
        var names = new List<string>();
        foreach (string server in servers)
        {
            string name = server.Contains('/') || !server.Contains(':') ? Path.GetFileNameWithoutExtension(server) : server;
            string unique = name;
            for (int i = 2; names.Contains(unique); i++) unique = $"{name}{i}";
            names.Add(unique);
        }

        return names;
    }

    /// <summary>Finds out whom a line is for. A name alone is for all lines from then on.</summary>
    /// <param name="line">The line.</param>
    /// <returns>The server, and the line without the name; empty if there was nothing else.</returns>
    /// <exception cref="ShellInputException">There is no server of that name.</exception>
    public (ShellSession Session, string Text) Choose(string line)
    {
        (ShellSession session, int length) = Find(line);
        // Spaces take the place of the name, so that positions stay.
        string text = length == 0 ? line : new string(' ', length) + line[length..];
        if (length > 0 && text.Trim().Length == 0) Current = session;
        return (session, text);
    }

    /// <summary>How long the name at the beginning of a line is, with its mark; 0 without one.</summary>
    /// <exception cref="ShellInputException">There is no server of that name.</exception>
    public (ShellSession Session, int Length) Find(string line)
    {
        int start = line.Length - line.TrimStart().Length;
        if (!IsMany || start == line.Length || line[start] != Mark) return (Current, 0);
        int end = start + 1;
        while (end < line.Length && !char.IsWhiteSpace(line[end])) end++;
        string name = line[(start + 1)..end];
        foreach ((string known, ShellSession session) in _all)
        {
            if (known == name) return (session, end);
        }

        throw new ShellInputException($"@{name}: there is no such server; there are {string.Join(", ", Names.Select(n => $"@{n}"))}");
    }

    /// <summary>Leaves one out that is gone.</summary>
    /// <returns>Whether there is another one.</returns>
    public bool Remove(ShellSession session)
    {
        if (_all.Count == 1) return false;
        _all.RemoveAll(s => s.Session == session);
        if (Current == session) Current = _all[0].Session;
        return true;
    }
}
