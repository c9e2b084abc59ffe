namespace Juxta.Engine.Chat.Jinja.Syntax;

/// <summary>Jinja's statements, with the extensions chat templates may use: break, continue and generation.</summary>
internal sealed class Parser
{
    readonly TokenStream _stream;
    readonly ExpressionParser _expressions;
    readonly Stack<string> _tags = new();
    readonly Stack<string[]> _ends = new();

    Parser(List<Token> tokens) => _expressions = new ExpressionParser(_stream = new TokenStream(tokens));

    public static BoundTemplate Parse(string source) => Binder.Bind(new Parser(Lexer.Tokenize(source)).Body([]));

    /// <summary>Text and statements up to one of the tags in <paramref name="ends"/>, which becomes the current token.</summary>
    List<Statement> Body(string[] ends)
    {
        var body = new List<Statement>();
        var output = new List<Expression>();
        if (ends.Length > 0) _ends.Push(ends);
        while (true)
        {
            var token = _stream.Current;
            switch (token.Kind)
            {
                case TokenKind.Data:
                    _stream.Next();
                    output.Add(new TemplateText(token.Text, token.Line));
                    break;
                case TokenKind.PrintBegin:
                    _stream.Next();
                    output.Add(_expressions.Tuple(_expressions.Parse));
                    _stream.Expect(TokenKind.PrintEnd);
                    break;
                case TokenKind.BlockBegin:
                    Flush();
                    _stream.Next();
                    if (_stream.Current.Kind == TokenKind.Name && ends.Contains(_stream.Current.Text))
                    {
                        _ends.Pop();
                        return body;
                    }
                    body.Add(_stream.Nested(Statement));
                    _stream.Expect(TokenKind.BlockEnd);
                    break;
                case TokenKind.End when ends.Length > 0: throw UnknownTag(null);
                case TokenKind.End: Flush(); return body;
                default: throw _stream.Fail($"unexpected '{token.Describe}'");
            }
        }

        void Flush()
        {
            if (output.Count > 0) body.Add(new OutputStatement([.. output], output[0].Line));
            output.Clear();
        }
    }

    /// <summary>The body of a tag whose head was just read.</summary>
    List<Statement> BodyOf(params string[] ends)
    {
        _stream.SkipOperator(":");
        _stream.Expect(TokenKind.BlockEnd);
        return Body(ends);
    }

    /// <summary>The same, past its one possible end tag.</summary>
    List<Statement> WholeBody(string end)
    {
        var body = BodyOf(end);
        _stream.Next();
        return body;
    }

    JinjaError UnknownTag(string? name)
    {
        string message = name is null ? "Unexpected end of template." : $"Encountered unknown tag '{name}'.";
        if (_ends.TryPeek(out var ends))
        {
            string looking = string.Join(" or ", ends.Select(end => $"'{end}'"));
            message += name is not null && _ends.Any(end => end.Contains(name))
                ? $" You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for {looking}."
                : $" Jinja was looking for the following tags: {looking}.";
        }
        if (_tags.TryPeek(out string? innermost)) message += $" The innermost block that needs to be closed is '{innermost}'.";
        return _stream.Fail(message);
    }

    Statement Statement()
    {
        var tag = _stream.Current;
        if (tag.Kind != TokenKind.Name) throw _stream.Fail("tag name expected");
        Func<int, Statement>? parse = tag.Text switch
        {
            "for" => For,
            "if" => If,
            "set" => Set,
            "macro" => Macro,
            "call" => Call,
            "filter" => Filter,
            "with" => With,
            "autoescape" => Autoescape,
            "block" => Block,
            "print" => Print,
            "generation" => line => new CallBlockStatement(null, new MacroBody([], [], WholeBody("endgeneration")), line),
            "break" => line => new JumpStatement(Flow.Break, line),
            "continue" => line => new JumpStatement(Flow.Continue, line),
            "include" or "import" or "from" or "extends" => line => Foreign(tag.Text, line),
            _ => null,
        };
        if (parse is null) throw UnknownTag(tag.Text);
        _stream.Next();
        _tags.Push(tag.Text);
        var statement = parse(tag.Line);
        _tags.Pop();
        return statement;
    }

    IfStatement If(int line)
    {
        var branches = new List<(Expression, List<Statement>, int)>();
        while (true)
        {
            var test = _expressions.Tuple(_expressions.Or);
            branches.Add((test, BodyOf("elif", "else", "endif"), line));
            var end = _stream.Next();
            line = _stream.Line;
            if (end.Text == "elif") continue;
            return new IfStatement(branches, end.Text == "else" ? WholeBody("endif") : [], branches[0].Item3);
        }
    }

    ForStatement For(int line)
    {
        var target = Target(endName: "in");
        _stream.ExpectName("in");
        var items = _expressions.Tuple(_expressions.Or, endName: "recursive");
        var test = _stream.SkipName("if") ? _expressions.Parse() : null;
        bool recursive = _stream.SkipName("recursive");
        var body = BodyOf("endfor", "else");
        var otherwise = _stream.Next().Text == "else" ? WholeBody("endfor") : [];
        return new ForStatement(target, items, body, otherwise, test, recursive, line);
    }

    Statement Set(int line)
    {
        Target target;
        if (_stream.Following.IsOperator("."))
        {
            string name = _stream.Expect(TokenKind.Name).Text;
            _stream.Next();
            target = new NamespaceTarget(name, _stream.Expect(TokenKind.Name).Text, line);
        }
        else target = Target();
        if (_stream.SkipOperator("=")) return new SetStatement(target, _expressions.Tuple(_expressions.Parse), line);
        var filter = _expressions.Filters(null);
        return new SetBlockStatement(target, filter, WholeBody("endset"), line);
    }

    Target Target(string? endName = null) => AsTarget(_expressions.Tuple(() => _expressions.Primary(), endName: endName));

    Target AsTarget(Expression expression) => expression switch
    {
        NameExpression name => new NameTarget(name.Name, name.Line),
        ListExpression { IsTuple: true } tuple => new TupleTarget(tuple.Items.ConvertAll(AsTarget), tuple.Line),
        Literal => throw _stream.Fail("can't assign to 'const'", expression.Line),
        _ => throw _stream.Fail($"can't assign to '{expression.GetType().Name.Replace("Expression", "", StringComparison.Ordinal).ToLowerInvariant()}'", expression.Line),
    };

    NameTarget Name()
    {
        var token = _stream.Expect(TokenKind.Name);
        return token.Text is "true" or "false" or "none" or "True" or "False" or "None" ? throw _stream.Fail("can't assign to 'name'", token.Line) : new NameTarget(token.Text, token.Line);
    }

    (List<NameTarget>, List<Expression>) Signature()
    {
        var parameters = new List<NameTarget>();
        var defaults = new List<Expression>();
        _stream.ExpectOperator("(");
        while (!_stream.Current.IsOperator(")"))
        {
            if (parameters.Count > 0) _stream.ExpectOperator(",");
            parameters.Add(Name());
            if (_stream.SkipOperator("=")) defaults.Add(_expressions.Parse());
            else if (defaults.Count > 0) throw _stream.Fail("non-default argument follows default argument");
        }
        _stream.ExpectOperator(")");
        return (parameters, defaults);
    }

    MacroStatement Macro(int line)
    {
        string name = Name().Name;
        var (parameters, defaults) = Signature();
        return new MacroStatement(name, new MacroBody(parameters, defaults, WholeBody("endmacro")), line);
    }

    CallBlockStatement Call(int line)
    {
        var (parameters, defaults) = _stream.Current.IsOperator("(") ? Signature() : ([], []);
        if (_expressions.Parse() is not CallExpression call) throw _stream.Fail("expected call", line);
        return new CallBlockStatement(call, new MacroBody(parameters, defaults, WholeBody("endcall")), line);
    }

    FilterStatement Filter(int line) => new(_expressions.Filters(null, atName: true)!, WholeBody("endfilter"), line);

    WithStatement With(int line)
    {
        var bindings = new List<(Target, Expression)>();
        while (_stream.Current.Kind != TokenKind.BlockEnd)
        {
            if (bindings.Count > 0) _stream.ExpectOperator(",");
            var target = Target();
            _stream.ExpectOperator("=");
            bindings.Add((target, _expressions.Parse()));
        }
        return new WithStatement(bindings, WholeBody("endwith"), line);
    }

    AutoescapeStatement Autoescape(int line) => new(_expressions.Parse(), WholeBody("endautoescape"), line);

    BlockStatement Block(int line)
    {
        string name = _stream.Expect(TokenKind.Name).Text;
        bool scoped = _stream.SkipName("scoped"), required = _stream.SkipName("required");
        if (_stream.Current.IsOperator("-")) throw _stream.Fail("block names may not contain hyphens, use an underscore instead");
        var body = WholeBody("endblock");
        if (required && !body.TrueForAll(statement => statement is OutputStatement output && output.Children.All(part => part is TemplateText text && string.IsNullOrWhiteSpace(text.Text))))
            throw _stream.Fail("Required blocks can only contain comments or whitespace");
        _stream.SkipName(name);
        return new BlockStatement(name, body, scoped, required, line);
    }

    OutputStatement Print(int line)
    {
        var parts = new List<Expression>();
        while (_stream.Current.Kind != TokenKind.BlockEnd)
        {
            if (parts.Count > 0) _stream.ExpectOperator(",");
            parts.Add(_expressions.Parse());
        }
        return new OutputStatement(parts, line);
    }

    ForeignStatement Foreign(string tag, int line)
    {
        var template = _expressions.Parse();
        var names = new List<string>();
        if (tag == "include" && _stream.Current.IsName("ignore") && _stream.Following.IsName("missing")) { _stream.Next(); _stream.Next(); }
        if (tag == "import")
        {
            _stream.ExpectName("as");
            names.Add(Name().Name);
        }
        if (tag == "from")
        {
            _stream.ExpectName("import");
            do
            {
                if (names.Count > 0 && AtContext()) break;
                string name = Name().Name;
                if (name.StartsWith('_')) throw _stream.Fail("names starting with an underline can not be imported");
                names.Add(_stream.SkipName("as") ? Name().Name : name);
            }
            while (!AtContext() && _stream.SkipOperator(","));
        }
        if (tag != "extends" && AtContext()) { _stream.Next(); _stream.Next(); }
        return new ForeignStatement(tag, template, names, line);

        bool AtContext() => (_stream.Current.IsName("with") || _stream.Current.IsName("without")) && _stream.Following.IsName("context");
    }
}
