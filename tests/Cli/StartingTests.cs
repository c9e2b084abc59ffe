using System.Reflection.PortableExecutable;
using Juxta.Tests;

namespace Juxta.CliTests;

/// <summary>What a start need not compile (docs/performance.md, Starting).</summary>
public sealed class StartingTests
{
    [Theory]
    [InlineData("Microsoft.EntityFrameworkCore")]
    [InlineData("Microsoft.EntityFrameworkCore.Relational")]
    [InlineData("Microsoft.Data.Sqlite")]
    [InlineData("System.CommandLine")]
    public void Libraries_that_every_start_runs_come_compiled(string library)
    {
        Assert.SkipUnless(File.Exists(Path.Combine(Fixtures.Repository, "artifacts", "ahead", "compiled")), "the compiler for libraries (Microsoft.NETCore.App.Crossgen2) could not be had when this was built");
        Assert.True(IsCompiled(library), $"{library}.dll beside the program is not the one in artifacts/ahead");
    }

    [Theory]
    [InlineData("Juxta.Engine")]
    [InlineData("Juxta.Training")]
    [InlineData("Juxta.Eval")]
    public void What_computes_is_compiled_for_the_processor_that_runs_it(string library) => Assert.False(IsCompiled(library));

    static bool IsCompiled(string library)
    {
        using var reader = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, library + ".dll")));
        return reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0;
    }
}
