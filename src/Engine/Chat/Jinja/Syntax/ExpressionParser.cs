using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Syntax;

/// <summary>Jinja's expression grammar, from <c>if … else</c> down to literals. Its binding strengths are not Python's: <c>**</c> and unary minus differ.</summary>
internal sealed class ExpressionParser(TokenStream stream)
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

    Expression Postfix(Expression node)
    {
        while (true)
        {
            if (stream.Current.IsOperator(".") || stream.Current.IsOperator("[")) node = Subscript(node);
            else if (stream.Current.IsOperator("(")) node = Call(node);
            else return node;
        }
    }

    public Expression FiltersAndTests(Expression node)
    {
        while (true)
        {
            if (stream.Current.IsOperator("|")) node = Filters(node)!;
            else if (stream.Current.IsName("is")) node = Test(node);
            else if (stream.Current.IsOperator("(")) node = Call(node);
            else return node;
        }
    }

    CallExpression Call(Expression callee)
    {
        int line = stream.Line;
        return new CallExpression(callee, Arguments(), line);
    }

    Expression Subscript(Expression owner)
    {
        var token = stream.Next();
        if (token.Text == ".")
        {
            var name = stream.Next();
            if (name.Kind == TokenKind.Name) return new AttributeExpression(owner, name.Text, token.Line);
            if (name.Kind != TokenKind.Integer) throw stream.Fail("expected name or number", name.Line);
            return new ItemExpression(owner, new Literal(new IntValue(name.Integer), name.Line), token.Line);
        }
        var keys = new List<(Expression? Key, Expression?[]? Slice)>();
        while (!stream.Current.IsOperator("]"))
        {
            if (keys.Count > 0) stream.ExpectOperator(",");
            keys.Add(Subscribed());
        }
        stream.ExpectOperator("]");
        if (keys is [{ Slice: { } bounds }]) return new SliceExpression(owner, bounds[0], bounds[1], bounds[2], token.Line);
        var key = keys is [{ Key: { } only }] ? only : new ListExpression(keys.ConvertAll(k => k.Key ?? new LooseSlice(token.Line)), isTuple: true, token.Line);
        return new ItemExpression(owner, key, token.Line);
    }

    (Expression? Key, Expression?[]? Slice) Subscribed()
    {
        var bounds = new Expression?[3];
        if (!stream.Current.IsOperator(":"))
        {
            bounds[0] = Parse();
            if (!stream.Current.IsOperator(":")) return (bounds[0], null);
        }
        stream.Next();
        if (!AtBoundEnd() && !stream.Current.IsOperator(":")) bounds[1] = Parse();
        if (stream.SkipOperator(":") && !AtBoundEnd()) bounds[2] = Parse();
        return (null, bounds);

        bool AtBoundEnd() => stream.Current.IsOperator("]") || stream.Current.IsOperator(",");
    }

    public ArgumentList Arguments()
    {
        int line = stream.Line;
        stream.ExpectOperator("(");
        var positional = new List<Expression>();
        var named = new List<(string Name, Expression)>();
        Expression? star = null, doubleStar = null;
        for (bool first = true; !stream.Current.IsOperator(")"); first = false)
        {
            if (!first)
            {
                stream.ExpectOperator(",");
                if (stream.Current.IsOperator(")")) break;
            }
            if (stream.Current.IsOperator("*")) { Ensure(star is null && doubleStar is null); stream.Next(); star = Parse(); }
            else if (stream.Current.IsOperator("**")) { Ensure(doubleStar is null); stream.Next(); doubleStar = Parse(); }
            else if (stream.Current.Kind == TokenKind.Name && stream.Following.IsOperator("="))
            {
                Ensure(doubleStar is null);
                string name = stream.Next().Text;
                stream.Next();
                if (named.Exists(other => other.Name == name)) throw stream.Fail($"keyword argument repeated: {name}", line);
                named.Add((name, Parse()));
            }
            else { Ensure(star is null && doubleStar is null && named.Count == 0); positional.Add(Parse()); }
        }
        stream.ExpectOperator(")");
        return new ArgumentList(positional, named, star, doubleStar);

        void Ensure(bool holds)
        {
            if (!holds) throw stream.Fail("invalid syntax for function call expression", line);
        }
    }

    string DottedName()
    {
        string name = stream.Expect(TokenKind.Name).Text;
        while (stream.SkipOperator(".")) name += "." + stream.Expect(TokenKind.Name).Text;
        return name;
    }

    /// <summary>A chain of filters; <paramref name="atName"/> where the first one's bar is not written.</summary>
    public FilterExpression? Filters(Expression? node, bool atName = false)
    {
        while (atName || stream.SkipOperator("|"))
        {
            int line = stream.Line;
            string name = DottedName();
            node = new FilterExpression(node, name, stream.Current.IsOperator("(") ? Arguments() : ArgumentList.Empty, line);
            atName = false;
        }
        return node as FilterExpression;
    }

    Expression Test(Expression node)
    {
        int line = stream.Next().Line;
        bool negated = stream.SkipName("not");
        string name = DottedName();
        var arguments = ArgumentList.Empty;
        var token = stream.Current;
        if (token.IsOperator("(")) arguments = Arguments();
        else if (token.Kind is TokenKind.Name or TokenKind.String or TokenKind.Integer or TokenKind.Float or TokenKind.Operator
            && (token.Kind != TokenKind.Operator || token.Text is "[" or "{") && !(token.Kind == TokenKind.Name && token.Text is "else" or "or" or "and"))
        {
            if (token.IsName("is")) throw stream.Fail("You cannot chain multiple tests with is");
            arguments = new ArgumentList([Postfix(Primary())], [], null, null);
        }
        Expression test = new TestExpression(node, name, arguments, line);
        return negated ? new UnaryExpression("not", test, line) : test;
    }
}
