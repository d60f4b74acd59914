namespace Qapi.Syntax;

/// <summary>Parses the expressions of one file, one token ahead.</summary>
internal sealed class ExpressionParser
{
    /// <summary>Real schemas nest about ten deep; the bound keeps the stack from running out.</summary>
    public const int MaxDepth = 200;

    private readonly SourceFile _file;
    private readonly Lexer _lexer;

    public ExpressionParser(SourceFile file)
    {
        _file = file;
        _lexer = new Lexer(file);
        Accept();
    }

    /// <summary>The token that comes next.</summary>
    public Token Current { get; private set; }

    /// <summary>Steps to the next token; with <paramref name="comments"/> plain comments count as tokens.</summary>
    public void Accept(bool comments = false) => Current = _lexer.Next(comments);

    /// <summary>An error at the current token.</summary>
    public SchemaException Error(string message) => _file.Error(Current.Line, Current.Start, message);

    public SyntaxNode ParseValue(int depth = 1)
    {
        if (depth > MaxDepth)
            throw Error($"nested more than {MaxDepth} levels deep");
        var start = Current;
        switch (start.Kind)
        {
            case TokenKind.OpenBrace:
                Accept();
                return ParseObject(start, depth);
            case TokenKind.OpenBracket:
                Accept();
                return ParseList(start, depth);
            case TokenKind.String:
                Accept();
                return new StringNode(start);
            case TokenKind.True:
            case TokenKind.False:
                Accept();
                return new BooleanNode(start);
            default:
                throw Error("expected '{', '[', string, or boolean");
        }
    }

    private ObjectNode ParseObject(Token start, int depth)
    {
        var members = new List<NodeMember>();
        var byKey = new Dictionary<string, NodeMember>();
        if (Current.Kind == TokenKind.CloseBrace)
        {
            Accept();
            return new ObjectNode(start, members, byKey);
        }
        if (Current.Kind != TokenKind.String)
            throw Error("expected string or '}'");
        while (true)
        {
            var key = Current;
            Accept();
            if (Current.Kind != TokenKind.Colon)
                throw Error("expected ':'");
            Accept();
            if (byKey.ContainsKey(key.Text))
                throw Error($"duplicate key '{key.Text}'");
            var member = new NodeMember(key, ParseValue(depth + 1));
            members.Add(member);
            byKey.Add(key.Text, member);
            if (Current.Kind == TokenKind.CloseBrace)
            {
                Accept();
                return new ObjectNode(start, members, byKey);
            }
            if (Current.Kind != TokenKind.Comma)
                throw Error("expected ',' or '}'");
            Accept();
            if (Current.Kind != TokenKind.String)
                throw Error("expected string");
        }
    }

    private ListNode ParseList(Token start, int depth)
    {
        var items = new List<SyntaxNode>();
        if (Current.Kind == TokenKind.CloseBracket)
        {
            Accept();
            return new ListNode(start, items);
        }
        if (Current.Kind is not (TokenKind.OpenBrace or TokenKind.OpenBracket or TokenKind.String
            or TokenKind.True or TokenKind.False))
            throw Error("expected '{', '[', ']', string, or boolean");
        while (true)
        {
            items.Add(ParseValue(depth + 1));
            if (Current.Kind == TokenKind.CloseBracket)
            {
                Accept();
                return new ListNode(start, items);
            }
            if (Current.Kind != TokenKind.Comma)
                throw Error("expected ',' or ']'");
            Accept();
        }
    }
}
