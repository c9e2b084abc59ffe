using System.Numerics;

namespace Juxta.Engine.Chat.Jinja.Syntax;

internal enum TokenKind { Data, PrintBegin, PrintEnd, BlockBegin, BlockEnd, Name, String, Integer, Float, Operator, End }

/// <summary>A token with its one-based line. <paramref name="Text"/> is the unescaped value of a string, the name, or the operator.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Line, BigInteger Integer = default, double Float = 0)
{
    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;
    public bool IsOperator(string op) => Kind == TokenKind.Operator && Text == op;

    /// <summary>How error messages name the token.</summary>
    public string Describe => Kind switch
    {
        TokenKind.Name or TokenKind.Operator => Text,
        TokenKind.Data => "template data / text",
        TokenKind.PrintBegin => "begin of print statement",
        TokenKind.PrintEnd => "end of print statement",
        TokenKind.BlockBegin => "begin of statement block",
        TokenKind.BlockEnd => "end of statement block",
        TokenKind.End => "end of template",
        _ => Kind.ToString().ToLowerInvariant(),
    };
}
