using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Juxta.Workbench.Storage;

/// <summary>The model on SQLite.</summary>
internal sealed class SqliteDb(DbContextOptions<SqliteDb> options) : JuxtaDb(options)
{
    /// <summary>Options for a database file. A commit is on disk when it returns, and readers do not wait for the writer.</summary>
    public static DbContextOptions<SqliteDb> OptionsFor(string file) => new DbContextOptionsBuilder<SqliteDb>()
        .UseSqlite(new SqliteConnectionStringBuilder { DataSource = file }.ToString())
        .AddInterceptors(new Durability())
        .Options;

    sealed class Durability : DbConnectionInterceptor
    {
        const string Pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;";

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData data)
        {
            using DbCommand command = connection.CreateCommand();
            command.CommandText = Pragmas;
            command.ExecuteNonQuery();
        }

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData data, CancellationToken cancel = default)
        {
            ConnectionOpened(connection, data);
            return Task.CompletedTask;
        }
    }
}

/// <summary>For <c>dotnet ef migrations add NAME --project src/Workbench --startup-project src/Workbench --output-dir Storage/Migrations</c>; opens nothing.</summary>
internal sealed class SqliteDesign : IDesignTimeDbContextFactory<SqliteDb>
{
    public SqliteDb CreateDbContext(string[] args) => new(SqliteDb.OptionsFor("juxta.db"));
}
