namespace Juxta.Engine.Chat.Jinja.Syntax;

/// <summary>The tokens of a template with a position, and how deep the parser stands in nested constructs.</summary>
internal sealed class TokenStream(List<Token> tokens)
{
    /// <summary>Nested brackets, operators' operands and blocks; published templates stay below twenty.</summary>
    public const int MaxDepth = 150;

    int _position;
    int _depth;

    public Token Current => tokens[_position];
    public Token Following => tokens[Math.Min(_position + 1, tokens.Count - 1)];
    public int Line => Current.Line;

    public Token Next()
    {
        var token = Current;
        if (token.Kind != TokenKind.End) _position++;
        return token;
    }

    public bool SkipName(string name)
    {
        if (!Current.IsName(name)) return false;
        Next();
        return true;
    }

    public bool SkipOperator(string op)
    {
        if (!Current.IsOperator(op)) return false;
        Next();
        return true;
    }

    public Token Expect(TokenKind kind)
    {
        if (Current.Kind == kind) return Next();
        throw Fail($"expected token '{new Token(kind, "name", 0).Describe}', got '{Current.Describe}'");
    }

    public void ExpectOperator(string op)
    {
        if (!SkipOperator(op)) throw Fail($"expected token '{op}', got '{Current.Describe}'");
    }

    public void ExpectName(string name)
    {
        if (!SkipName(name)) throw Fail($"expected token '{name}', got '{Current.Describe}'");
    }

    public JinjaError Fail(string message, int? line = null) => JinjaError.Syntax(message, line ?? Line);

    public T Nested<T>(Func<T> parse)
    {
        if (++_depth > MaxDepth) throw new JinjaError(ErrorKind.Limit, $"more than {MaxDepth} constructs inside one another", Line);
        Budget.CheckStack();
        var result = parse();
        _depth--;
        return result;
    }
}
