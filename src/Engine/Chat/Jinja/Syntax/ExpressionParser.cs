using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Syntax;

/// <summary>Jinja's expression grammar, from <c>if … else</c> down to literals. Its binding strengths are not Python's: <c>**</c> and unary minus differ.</summary>
internal sealed partial class ExpressionParser(TokenStream stream)
{
    public Expression Parse() => stream.Nested(Conditional);

    Expression Conditional()
    {
        int line = stream.Line;
        var result = Or();
        while (stream.SkipName("if"))
        {
            var test = Or();
            var otherwise = stream.SkipName("else") ? stream.Nested(Conditional) : null;
            result = new ConditionalExpression(test, result, otherwise, line);
            line = stream.Line;
        }
        return result;
    }

    public Expression Or() => Chain(And, () => stream.SkipName("or") ? "or" : null);

    Expression And() => Chain(Not, () => stream.SkipName("and") ? "and" : null);

    Expression Not()
    {
        int line = stream.Line;
        return stream.SkipName("not") ? new UnaryExpression("not", stream.Nested(Not), line) : Comparison();
    }

    Expression Comparison()
    {
        int line = stream.Line;
        var first = Sum();
        var rest = new List<(string, Expression)>();
        while (true)
        {
            var token = stream.Current;
            if (token.Kind == TokenKind.Operator && token.Text is "==" or "!=" or "<" or "<=" or ">" or ">=") { stream.Next(); rest.Add((token.Text, Sum())); }
            else if (stream.SkipName("in")) rest.Add(("in", Sum()));
            else if (token.IsName("not") && stream.Following.IsName("in")) { stream.Next(); stream.Next(); rest.Add(("not in", Sum())); }
            else return rest.Count == 0 ? first : new CompareExpression(first, rest, line);
        }
    }

    Expression Sum() => Chain(Concat, () => Operator("+", "-"));

    Expression Concat()
    {
        int line = stream.Line;
        List<Expression> parts = [Product()];
        while (stream.SkipOperator("~")) parts.Add(Product());
        return parts.Count == 1 ? parts[0] : new ConcatExpression(parts, line);
    }

    Expression Product() => Chain(Power, () => Operator("*", "/", "//", "%"));

    Expression Power() => Chain(() => Unary(withFilter: true), () => Operator("**"));

    string? Operator(params ReadOnlySpan<string> operators)
    {
        var token = stream.Current;
        if (token.Kind != TokenKind.Operator || !operators.Contains(token.Text)) return null;
        stream.Next();
        return token.Text;
    }

    /// <summary>Operands joined from the left.</summary>
    Expression Chain(Func<Expression> operand, Func<string?> takeOperator)
    {
        int line = stream.Line;
        var left = operand();
        while (takeOperator() is { } op)
        {
            left = new BinaryExpression(op, left, operand(), line);
            line = stream.Line;
        }
        return left;
    }

    Expression Unary(bool withFilter)
    {
        int line = stream.Line;
        Expression node = Operator("-", "+") is { } sign ? new UnaryExpression(sign, stream.Nested(() => Unary(withFilter: false)), line) : Primary();
        node = Postfix(node);
        return withFilter ? FiltersAndTests(node) : node;
    }

    public Expression Primary()
    {
        var token = stream.Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                stream.Next();
                return token.Text switch
                {
                    "true" or "True" => new Literal(BoolValue.Of(true), token.Line),
                    "false" or "False" => new Literal(BoolValue.Of(false), token.Line),
                    "none" or "None" => new Literal(NoneValue.None, token.Line),
                    _ => new NameExpression(token.Text, token.Line),
                };
            case TokenKind.String:
                var text = new System.Text.StringBuilder();
                while (stream.Current.Kind == TokenKind.String) text.Append(stream.Next().Text);
                return new Literal(new StrValue(text.ToString()), token.Line);
            case TokenKind.Integer: stream.Next(); return new Literal(new IntValue(token.Integer), token.Line);
            case TokenKind.Float: stream.Next(); return new Literal(new FloatValue(token.Float), token.Line);
            case TokenKind.Operator when token.Text == "(":
                stream.Next();
                var inner = stream.Nested(() => Tuple(Parse, allowEmpty: true));
                stream.ExpectOperator(")");
                return inner;
            case TokenKind.Operator when token.Text == "[": return List();
            case TokenKind.Operator when token.Text == "{": return Dict();
            default: throw stream.Fail($"unexpected '{token.Describe}'");
        }
    }

    /// <summary>One expression, or a tuple where commas follow.</summary>
    public Expression Tuple(Func<Expression> item, bool allowEmpty = false, string? endName = null)
    {
        int line = stream.Line;
        var items = new List<Expression>();
        bool isTuple = false;
        while (true)
        {
            if (items.Count > 0) stream.ExpectOperator(",");
            if (stream.Current.Kind is TokenKind.PrintEnd or TokenKind.BlockEnd || stream.Current.IsOperator(")") || (endName is not null && stream.Current.IsName(endName))) break;
            items.Add(item());
            if (!stream.Current.IsOperator(",")) break;
            isTuple = true;
        }
        if (isTuple) return new ListExpression(items, isTuple: true, line);
        if (items.Count > 0) return items[0];
        return allowEmpty ? new ListExpression(items, isTuple: true, line) : throw stream.Fail($"Expected an expression, got '{stream.Current.Describe}'");
    }

    ListExpression List()
    {
        int line = stream.Next().Line;
        var items = new List<Expression>();
        while (!stream.Current.IsOperator("]"))
        {
            if (items.Count > 0) stream.ExpectOperator(",");
            if (stream.Current.IsOperator("]")) break;
            items.Add(Parse());
        }
        stream.ExpectOperator("]");
        return new ListExpression(items, isTuple: false, line);
    }

    DictExpression Dict()
    {
        int line = stream.Next().Line;
        var items = new List<(Expression, Expression)>();
        while (!stream.Current.IsOperator("}"))
        {
            if (items.Count > 0) stream.ExpectOperator(",");
            if (stream.Current.IsOperator("}")) break;
            var key = Parse();
            stream.ExpectOperator(":");
            items.Add((key, Parse()));
        }
        stream.ExpectOperator("}");
        return new DictExpression(items, line);
    }
}
