using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Storage;

/// <summary>The database: any number of readers beside one writer at a time. What <see cref="WriteAsync"/> did is on disk when it returns.</summary>
internal sealed class Store : IDisposable
{
    readonly IDbContextFactory<JuxtaDb> _contexts;
    readonly SemaphoreSlim _writer = new(1);

    public Store(IDbContextFactory<JuxtaDb> contexts) => _contexts = contexts;

    /// <summary>Opens a SQLite file and brings it up to date. The caller holds the folder's lock.</summary>
    /// <param name="file">Made when absent.</param>
    /// <param name="firstWrite">What is to be put right before anybody reads.</param>
    /// <exception cref="WorkbenchException">It is damaged, no database at all, or of a newer version of the program.</exception>
    public static Store Open(string file, Action<JuxtaDb>? firstWrite = null)
    {
        var store = new Store(new SqliteContexts(file));
        try
        {
            using JuxtaDb db = store._contexts.CreateDbContext();
            string[] unknown = [.. db.Database.GetAppliedMigrations().Except(db.Database.GetMigrations())];
            if (unknown.Length > 0)
                throw new WorkbenchException($"the database {file} was written by a newer juxta (it has the unknown migration {unknown[^1]}). Use that version, or give another folder with --data DIR.");
            // Left behind when a process was killed while migrating; Migrate would wait for it for ever. The folder's lock already keeps others out.
            db.Database.ExecuteSqlRaw("DROP TABLE IF EXISTS \"__EFMigrationsLock\"");
            db.Database.Migrate();
            firstWrite?.Invoke(db);
            db.SaveChanges();
            return store;
        }
        catch (SqliteException e)
        {
            store.Dispose();
            throw new WorkbenchException($"the database {file} cannot be opened: {e.Message} Restore it from a backup, move it away, or give another folder with --data DIR.", e);
        }
    }

    public async Task<T> ReadAsync<T>(Func<JuxtaDb, Task<T>> read, CancellationToken cancel = default)
    {
        await using JuxtaDb db = await _contexts.CreateDbContextAsync(cancel);
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        return await read(db);
    }

    /// <summary>Runs <paramref name="write"/> alone, in one transaction, which is committed when it returns.</summary>
    /// <param name="committed">Runs after the commit, before the next writer.</param>
    public async Task WriteAsync(Func<JuxtaDb, Task> write, Action? committed = null)
    {
        await _writer.WaitAsync();
        try
        {
            await using JuxtaDb db = await _contexts.CreateDbContextAsync();
            await using var transaction = await db.Database.BeginTransactionAsync();
            await write(db);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
            committed?.Invoke();
        }
        finally
        {
            _writer.Release();
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        SqliteConnection.ClearAllPools();
    }

    sealed class SqliteContexts(string file) : IDbContextFactory<JuxtaDb>
    {
        readonly DbContextOptions<SqliteDb> _options = SqliteDb.OptionsFor(file);

        public JuxtaDb CreateDbContext() => new SqliteDb(_options);
    }
}
