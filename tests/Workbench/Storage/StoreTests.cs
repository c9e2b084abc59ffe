using Juxta.Workbench;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Juxta.WorkbenchTests.Storage;

public sealed class StoreTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Migrations_are_up_to_date_with_the_model()
    {
        using var db = new SqliteDb(SqliteDb.OptionsFor(_folder.File("x.db")));
        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task Migrations_apply_to_an_empty_file_and_leave_it_in_WAL_with_full_syncs()
    {
        using var store = Store.Open(_folder.File("x.db"));
        Assert.Equal(0, await store.ReadAsync(db => db.Conversations.CountAsync()));
        Assert.Equal("wal", await Pragma(store, "journal_mode"));
        Assert.Equal("2", await Pragma(store, "synchronous"));
        Assert.Equal("1", await Pragma(store, "foreign_keys"));
    }

    [Fact]
    public async Task A_database_of_the_first_version_keeps_its_answers()
    {
        Guid id = Guid.NewGuid();
        using (var db = new SqliteDb(SqliteDb.OptionsFor(_folder.File("x.db"))))
        {
            await db.GetService<IMigrator>().MigrateAsync("Beginning");
            string value = StoredJson.Write(ScriptedEngine.Value), summary = """{"text":"日本","usage":{"promptTokens":3,"completionTokens":2,"duration":"00:00:01"}}""";
            await db.Database.ExecuteSqlAsync($"INSERT INTO Generations (Id, Created, Value, Outcome, Summary) VALUES ({id}, 0, {value}, 'length', {summary})");
        }
        using var store = Store.Open(_folder.File("x.db"));
        GenerationSummary kept = (await store.ReadAsync(db => db.Generations.SingleAsync(row => row.Id == id))).Summary!;
        Assert.Equal(("日本", 2, "m"), (kept.Text, kept.Usage.CompletionTokens, kept.Model));
        Assert.Equal(ScriptedEngine.Value.Spec.Request.Adapters, kept.Adapters);
        Assert.Equal(ScriptedEngine.Value.Spec.Warnings, kept.Warnings);
    }

    [Fact]
    public void A_migration_lock_left_by_a_killed_process_does_not_stop_the_next_one()
    {
        Store.Open(_folder.File("x.db")).Dispose();
        using (var db = new SqliteDb(SqliteDb.OptionsFor(_folder.File("x.db"))))
            db.Database.ExecuteSqlRaw("""INSERT INTO "__EFMigrationsLock" VALUES (1, 'x')""");
        using var again = Store.Open(_folder.File("x.db"));
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_and_left_alone()
    {
        File.WriteAllText(_folder.File("x.db"), "this is a letter and not a database, however long one reads in it");
        var error = Assert.Throws<WorkbenchException>(() => Store.Open(_folder.File("x.db")));
        Assert.Contains("x.db cannot be opened", error.Message);
        Assert.StartsWith("this is a letter", File.ReadAllText(_folder.File("x.db")));
    }

    [Fact]
    public void A_database_of_a_newer_version_is_refused()
    {
        Store.Open(_folder.File("x.db")).Dispose();
        using (var db = new SqliteDb(SqliteDb.OptionsFor(_folder.File("x.db"))))
            db.Database.ExecuteSqlRaw("""INSERT INTO "__EFMigrationsHistory" VALUES ('29991231000000_Future', '99')""");
        var error = Assert.Throws<WorkbenchException>(() => Store.Open(_folder.File("x.db")));
        Assert.Contains("newer juxta", error.Message);
        Assert.Contains("29991231000000_Future", error.Message);
    }

    [Fact]
    public async Task A_write_that_throws_leaves_no_trace()
    {
        using var store = Store.Open(_folder.File("x.db"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.WriteAsync(async db =>
        {
            db.Conversations.Add(new ConversationRow { Id = Guid.NewGuid(), Title = "t", Settings = new(), Created = default, Updated = default });
            await db.SaveChangesAsync();
            throw new InvalidOperationException();
        }));
        Assert.Equal(0, await store.ReadAsync(db => db.Conversations.CountAsync()));
    }

    [Fact]
    public void A_second_workbench_on_the_same_folder_gets_a_clear_error_and_a_later_one_does_not()
    {
        string data = _folder.File("data");
        using (DataFolder.Take(data))
        {
            var error = Assert.Throws<WorkbenchException>(() => DataFolder.Take(data));
            Assert.Contains("in use by another juxta", error.Message);
            Assert.Contains(data, error.Message);
        }
        DataFolder.Take(data).Dispose();
    }

    [Fact]
    public void A_data_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(_folder.File("file"), "");
        var error = Assert.Throws<WorkbenchException>(() => DataFolder.Take(_folder.File("file", "data")));
        Assert.Contains("cannot be made", error.Message);
        Assert.Contains("--data", error.Message);
    }

    [Fact]
    public void A_temporary_folder_goes_with_its_owner()
    {
        string path;
        using (var folder = DataFolder.TakeTemporary()) Assert.True(Directory.Exists(path = folder.FullPath));
        Assert.False(Directory.Exists(path));
    }

    static Task<string> Pragma(Store store, string name) => store.ReadAsync(async db =>
    {
        await db.Database.OpenConnectionAsync();
        using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "PRAGMA " + name;
        return Convert.ToString(await command.ExecuteScalarAsync())!;
    });
}
