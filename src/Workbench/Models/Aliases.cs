using Juxta.Engine;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Models;

/// <summary>Further names that people gave to models and adapters. Kept in the database, looked up in memory.</summary>
/// <param name="store">Null = nothing is kept.</param>
/// <param name="known">Those of the database.</param>
internal sealed class Aliases(Store? store, IEnumerable<AliasRow> known)
{
    internal const int MostCharacters = 100;

    volatile Dictionary<string, string> _targets = known.ToDictionary(row => row.Name, row => row.Target, StringComparer.Ordinal);

    /// <summary>The id that an alias stands for (<c>model</c> or <c>model:adapter</c>); null when there is no such alias.</summary>
    public string? Find(string alias) => _targets.GetValueOrDefault(alias);

    /// <summary>Every alias of an id, in order.</summary>
    public IReadOnlyList<string> Of(string target) => [.. _targets.Where(pair => pair.Value == target).Select(pair => pair.Key).Order(StringComparer.Ordinal)];

    /// <param name="refuse">Throws when the name cannot be given; runs alone, so that no other alias comes in between.</param>
    public Task AddAsync(string alias, string target, Action refuse) => WriteAsync(
        () =>
        {
            refuse();
            return new(_targets, StringComparer.Ordinal) { [alias] = target };
        },
        db => db.Aliases.Add(new AliasRow { Name = alias, Target = target }));

    /// <summary>False when there is no such alias.</summary>
    public async Task<bool> RemoveAsync(string alias)
    {
        if (Find(alias) is null) return false;
        await WriteAsync(
            () => new(_targets.Where(pair => pair.Key != alias), StringComparer.Ordinal),
            db => db.Aliases.Where(row => row.Name == alias).ExecuteDelete());
        return true;
    }

    /// <summary>The name as it is kept.</summary>
    /// <exception cref="RequestException">It is none.</exception>
    public static string Clean(string alias) =>
        alias.Trim() is { Length: > 0 and <= MostCharacters } clean && !clean.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
            ? clean
            : throw new RequestException($"an alias has 1 to {MostCharacters} characters and no blanks, such as gpt-4o-mini or support-v3", "the alias");

    async Task WriteAsync(Func<Dictionary<string, string>> next, Action<JuxtaDb> write)
    {
        if (store is null) throw new InvalidOperationException("this shelf has no database");
        Dictionary<string, string>? targets = null;
        await store.WriteAsync(
            db =>
            {
                targets = next();
                write(db);
                return Task.CompletedTask;
            },
            committed: () => _targets = targets!);
    }
}
