using Juxta.Engine.Kernels;
using Juxta.KernelBench;

// dotnet run -c Release --project bench/Kernels -- [threads=N] [windows=N] [formats=q8_0,…] [decode|batch|prefill|attention|caches|rows|pack|pool]...
int threads = 2;
List<string> what = [];
string[]? formats = null;
foreach (string argument in args)
{
    if (argument.StartsWith("threads=", StringComparison.Ordinal)) threads = int.Parse(argument[8..]);
    else if (argument.StartsWith("windows=", StringComparison.Ordinal)) Measure.Windows = int.Parse(argument[8..]);
    else if (argument.StartsWith("formats=", StringComparison.Ordinal)) formats = argument[8..].Split(',');
    else what.Add(argument);
}

using var pool = new WorkerPool(threads);
using var bench = new Bench(pool, threads);
Console.WriteLine($"{threads} threads, {SimdWidth.Reason}");
bool Wanted(string name) => what.Count == 0 || what.Contains(name);
if (Wanted("pool")) bench.ForkAndJoin();
if (Wanted("decode")) bench.Product("decode", [1], formats);
if (Wanted("batch")) bench.Product("batch", [2, 4, 8, 12, 16, 32], formats);
if (Wanted("prefill")) bench.Product("prefill", [512], formats);
if (Wanted("attention"))
{
    foreach (CacheFormat format in (CacheFormat[])[CacheFormat.Float32, CacheFormat.Float16, CacheFormat.BFloat16, CacheFormat.Int8])
    {
        if (formats is not null && !formats.Contains(format.ToString())) continue;
        bench.Attention(heads: 14, kvHeads: 2, format);
        bench.Attention(heads: 8, kvHeads: 8, format);
    }
}
if (Wanted("caches")) CacheTurns.Run();
if (Wanted("rows")) bench.Rows();
if (Wanted("pack")) bench.Packing();
