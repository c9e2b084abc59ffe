namespace Juxta.Engine.Chat.Jinja.Syntax;

/// <summary>Places every name of a parsed template in a slot, and reports what only shows once the whole is known.</summary>
internal sealed class Binder
{
    readonly Dictionary<string, BlockStatement> _blocks = [];

    /// <summary>Where a piece of the template stands.</summary>
    /// <param name="Scope">The names in force.</param>
    /// <param name="IsTopLevel">Assignments are visible to blocks.</param>
    /// <param name="IsSoft">Inside an if, where an unknown filter only matters when reached.</param>
    /// <param name="InLoop">break and continue have a loop to act on.</param>
    readonly record struct Place(Scope Scope, bool IsTopLevel = false, bool IsSoft = false, bool InLoop = false)
    {
        public Layout Layout => Scope.Layout;
        public Place Inner(bool inLoop) => new(new Scope(Scope, Layout), InLoop: inLoop);
    }

    public static BoundTemplate Bind(List<Statement> body)
    {
        var binder = new Binder();
        binder.Collect(body);
        var layout = new Layout(null);
        var scope = new Scope(null, layout);
        Reference? self = NameSearch.Uses(body, "self") ? layout.To(scope.Declare("self")) : null;
        NameAnalysis.Visit(body, scope);
        binder.Statements(body, new Place(scope, IsTopLevel: true));
        var entry = scope.Entry;
        foreach (var block in binder._blocks.Values) binder.Block(block);
        return new BoundTemplate(body, entry, layout.Slots, self, binder._blocks);
    }

    void Collect(IEnumerable<Node> nodes)
    {
        foreach (var node in nodes)
        {
            if (node is BlockStatement block && !_blocks.TryAdd(block.Name, block)) throw JinjaError.Syntax($"block '{block.Name}' defined twice", block.Line);
            if (node is Statement) Collect(node.Children);
        }
    }

    void Block(BlockStatement block)
    {
        var scope = new Scope(null, new Layout(null));
        if (NameSearch.Uses(block.Body, "self")) block.Self = scope.Layout.To(scope.Declare("self"));
        if (NameSearch.Uses(block.Body, "super")) block.Super = scope.Layout.To(scope.Declare("super"));
        NameAnalysis.Visit(block.Body, scope);
        Statements(block.Body, new Place(scope));
        (block.Scope, block.Slots) = (scope.Entry, scope.Layout.Slots);
    }

    void Statements(List<Statement> body, Place place)
    {
        foreach (var statement in body) Bind(statement, place);
    }

    void Bind(Statement statement, Place place)
    {
        switch (statement)
        {
            case IfStatement node:
                var soft = place with { IsSoft = true };
                foreach (var (test, body, _) in node.Branches) { Expression(test, soft); Statements(body, soft); }
                Statements(node.Otherwise, soft);
                break;
            case ForStatement node: For(node, place); break;
            case SetStatement node: Expression(node.Value, place); Assign(node.Target, place); break;
            case SetBlockStatement node:
                var captured = place.Inner(place.InLoop);
                NameAnalysis.Visit(node.Body, captured.Scope);
                Statements(node.Body, captured);
                if (node.Filter is not null) Expression(node.Filter, captured);
                Assign(node.Target, place);
                node.Scope = captured.Scope.Entry;
                break;
            case FilterStatement node:
                var filtered = place.Inner(place.InLoop);
                NameAnalysis.Visit([.. node.Body, node.Filter], filtered.Scope);
                Statements(node.Body, filtered);
                Expression(node.Filter, filtered);
                node.Scope = filtered.Scope.Entry;
                break;
            case WithStatement node:
                var with = place.Inner(place.InLoop);
                foreach (var name in node.Bindings.SelectMany(binding => binding.Target.Names)) with.Scope.Declare(name.Name);
                NameAnalysis.Visit(node.Body, with.Scope);
                foreach (var (target, value) in node.Bindings) { Expression(value, place); Assign(target, with); }
                Statements(node.Body, with);
                node.Scope = with.Scope.Entry;
                break;
            case AutoescapeStatement node:
                var escaped = place.Inner(place.InLoop);
                NameAnalysis.Visit([node.Enabled, .. node.Body], escaped.Scope);
                Expression(node.Enabled, escaped);
                Statements(node.Body, escaped);
                node.Scope = escaped.Scope.Entry;
                break;
            case MacroStatement node: Macro(node.Body, place, node.Line); Assign(node.Target, place); break;
            case CallBlockStatement node:
                Macro(node.Body, place, node.Line);
                if (node.Call is not null) Expression(node.Call, place);
                break;
            case BlockStatement node:
                if (node.Scoped) node.Locals = [.. place.Scope.Visible().Select(local => (local.Name, place.Layout.To(local.Variable)))];
                break;
            case JumpStatement node when !place.InLoop:
                throw JinjaError.Syntax($"'{(node.Flow == Flow.Break ? "break" : "continue")}' outside loop", node.Line);
            case ForeignStatement { Tag: "extends" } node when !place.IsTopLevel: throw JinjaError.Syntax("cannot use extend from a non top-level scope", node.Line);
            default:
                foreach (var child in statement.Children) Expression(child, place);
                break;
        }
    }

    void For(ForStatement node, Place place)
    {
        var loop = node.Recursive ? new Place(new Scope(place.Scope, new Layout(place.Layout)), InLoop: true) : place.Inner(inLoop: true);
        var otherwise = new Place(new Scope(place.Scope, loop.Layout), InLoop: !node.Recursive && place.InLoop);
        if (node.Recursive || NameSearch.Uses(node.Body, "loop") || NameSearch.HasScopedBlock(node))
            node.Loop = loop.Layout.To(loop.Scope.Declare("loop"));
        foreach (var name in node.Target.Names) loop.Scope.Declare(name.Name);
        NameAnalysis.Visit(node.Body, loop.Scope);
        NameAnalysis.Visit(node.Otherwise, otherwise.Scope);
        if (NameSearch.Assigns(node, "loop") is { } line) throw JinjaError.Syntax("Can't assign to special loop variable in for-loop target", line);
        if (node.Test is not null)
        {
            var test = new Place(new Scope(place.Scope, new Layout(place.Layout)));
            var target = node.Target.Copy();
            foreach (var name in target.Names) test.Scope.Declare(name.Name);
            NameAnalysis.Visit([node.Test], test.Scope);
            Assign(target, test);
            Expression(node.Test, test);
            node.Condition = (test.Layout.Slots, test.Scope.Entry, target);
        }
        Expression(node.Items, place);
        Assign(node.Target, loop);
        Statements(node.Body, loop);
        Statements(node.Otherwise, otherwise);
        (node.BodyScope, node.OtherwiseScope, node.RecursiveSlots) = (loop.Scope.Entry, otherwise.Scope.Entry, loop.Layout.Slots);
    }

    void Macro(MacroBody macro, Place place, int line)
    {
        var inner = new Place(new Scope(place.Scope, new Layout(place.Layout)));
        Analyse();
        var names = macro.Parameters.ConvertAll(parameter => parameter.Name);
        if (names.Distinct().Count() < names.Count) throw JinjaError.Syntax("duplicate argument in macro definition", line);
        if (NameSearch.Uses(macro.Body, "caller", "caller", "kwargs", "varargs"))
        {
            int at = names.IndexOf("caller");
            if (at >= 0 && at < names.Count - macro.Defaults.Count)
                throw JinjaError.Syntax("When defining macros or call blocks the special \"caller\" argument must be omitted or be given a default.", line);
            macro.Caller = inner.Layout.To(at >= 0 ? inner.Scope.Find("caller")! : inner.Scope.Declare("caller"));
        }
        macro.Kwargs = Special("kwargs");
        macro.Varargs = Special("varargs");
        Analyse();
        foreach (var parameter in macro.Parameters) Assign(parameter, inner);
        foreach (var value in macro.Defaults) Expression(value, inner);
        Statements(macro.Body, inner);
        (macro.Scope, macro.Slots) = (inner.Scope.Entry, inner.Layout.Slots);

        void Analyse()
        {
            foreach (var parameter in macro.Parameters) inner.Scope.Declare(parameter.Name);
            NameAnalysis.Visit([.. macro.Defaults, .. macro.Body], inner.Scope);
        }

        Reference? Special(string name) => NameSearch.Uses(macro.Body, name, "caller", "kwargs", "varargs") && !names.Contains(name)
            ? inner.Layout.To(inner.Scope.Declare(name)) : null;
    }

    static void Assign(Target target, Place place)
    {
        switch (target)
        {
            case NameTarget name: (name.Reference, name.Exported) = (Find(name.Name, place), place.IsTopLevel); break;
            case NamespaceTarget space: space.Reference = Find(space.Name, place); break;
            default:
                foreach (var item in target.Children) Assign((Target)item, place);
                break;
        }
    }

    static Reference Find(string name, Place place)
    {
        if (place.Scope.Find(name) is null) place.Scope.Load(name);
        return place.Layout.To(place.Scope.Find(name)!);
    }

    static void Expression(Node node, Place place)
    {
        Budget.CheckStack();
        if (node is NameExpression name) name.Reference = Find(name.Name, place);
        if (!place.IsSoft && node is FilterExpression { Unknown: { } filter }) throw JinjaError.Syntax(filter, node.Line);
        if (!place.IsSoft && node is TestExpression { Unknown: { } test }) throw JinjaError.Syntax(test, node.Line);
        if (node is ConditionalExpression) place = place with { IsSoft = true };
        foreach (var child in node.Children) Expression(child, place);
    }
}

/// <summary>A template ready to run.</summary>
internal sealed record BoundTemplate(List<Statement> Body, ScopeEntry Scope, int Slots, Reference? Self, IReadOnlyDictionary<string, BlockStatement> Blocks);
