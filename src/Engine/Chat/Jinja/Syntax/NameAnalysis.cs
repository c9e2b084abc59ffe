namespace Juxta.Engine.Chat.Jinja.Syntax;

/// <summary>Finds the names that a scope's own code reads and assigns, without entering the scopes inside it.</summary>
internal static class NameAnalysis
{
    public static void Visit(IEnumerable<Node> nodes, Scope scope)
    {
        foreach (var node in nodes) Visit(node, scope);
    }

    static void Visit(Node node, Scope scope)
    {
        Budget.CheckStack();
        switch (node)
        {
            case NameExpression name: scope.Load(name.Name); break;
            case NameTarget name: scope.Store(name.Name); break;
            case NamespaceTarget space: scope.Load(space.Name); break;
            case IfStatement { Branches: var branches } conditional: If(branches, 0, conditional.Otherwise, scope); break;
            case MacroStatement macro: scope.Store(macro.Name); break;
            case SetStatement set: Visit(set.Value, scope); Visit(set.Target, scope); break;
            case SetBlockStatement set: Visit(set.Target, scope); break;
            case ForStatement loop: Visit(loop.Items, scope); break;
            case CallBlockStatement { Call: var call }: if (call is not null) Visit(call, scope); break;
            case FilterStatement filter: Visit(filter.Filter, scope); break;
            case WithStatement with: Visit(with.Bindings.Select(binding => binding.Value), scope); break;
            case AutoescapeStatement or BlockStatement: break;
            case ForeignStatement foreign:
                Visit(foreign.Children, scope);
                foreach (string name in foreign.Names) scope.Store(name);
                break;
            default: Visit(node.Children, scope); break;
        }
    }

    /// <summary>All elif branches together count as one branch, each merged into the scope of those before it.</summary>
    static void If(List<(Expression Test, List<Statement> Body, int Line)> branches, int first, List<Statement> otherwise, Scope scope)
    {
        Visit(branches[first].Test, scope);
        var body = scope.Branch();
        Visit(branches[first].Body, body);
        var elifs = scope.Branch();
        for (int i = first + 1; i < branches.Count; i++) If([branches[i]], 0, [], elifs);
        var last = scope.Branch();
        Visit(otherwise, last);
        scope.Merge([body, elifs, last]);
    }
}

/// <summary>Questions about names anywhere inside a piece of a template.</summary>
internal static class NameSearch
{
    /// <summary>Whether <paramref name="name"/> is read before it is assigned, looking for all of <paramref name="together"/> at once as Jinja does.</summary>
    public static bool Uses(IEnumerable<Node> nodes, string name, params string[] together)
    {
        var wanted = new HashSet<string>(together) { name };
        var found = new HashSet<string>();
        Search(nodes, wanted, found);
        return found.Contains(name);
    }

    static void Search(IEnumerable<Node> nodes, HashSet<string> wanted, HashSet<string> found)
    {
        foreach (var node in nodes)
        {
            Budget.CheckStack();
            if (node is BlockStatement) continue;
            if (node is NameExpression read && wanted.Contains(read.Name)) found.Add(read.Name);
            if (node is NameTarget written) wanted.Remove(written.Name);
            Search(node.Children, wanted, found);
        }
    }

    /// <summary>The line of the first assignment to <paramref name="name"/>, if any.</summary>
    public static int? Assigns(Node node, string name)
    {
        Budget.CheckStack();
        if (node is NameTarget target && target.Name == name) return target.Line;
        return node.Children.Select(child => Assigns(child, name)).FirstOrDefault(line => line is not null);
    }

    public static bool HasScopedBlock(Node node)
    {
        Budget.CheckStack();
        return node is BlockStatement { Scoped: true } || node.Children.Any(HasScopedBlock);
    }
}
