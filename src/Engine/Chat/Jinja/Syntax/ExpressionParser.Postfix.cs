using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Syntax;

/// <summary>What may follow an operand: attributes, subscripts, calls, filters and tests.</summary>
internal sealed partial class ExpressionParser
{
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
