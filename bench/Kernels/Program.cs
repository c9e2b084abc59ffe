using Juxta.Engine.Kernels;
using Juxta.KernelBench;

// dotnet run -c Release --project bench/Kernels -- [threads=N] [windows=N] [decode|batch|prefill|attention|rows|pack|pool]...
int threads = 2;
List<string> what = [];
foreach (string argument in args)
{
    if (argument.StartsWith("threads=", StringComparison.Ordinal)) threads = int.Parse(argument[8..]);
    else if (argument.StartsWith("windows=", StringComparison.Ordinal)) Measure.Windows = int.Parse(argument[8..]);
    else what.Add(argument);
}

using var pool = new WorkerPool(threads);
using var reading = new MemoryReading(pool);
using var bench = new Bench(pool, reading);
Console.WriteLine($"{threads} threads, {SimdWidth.Reason}");
bool Wanted(string name) => what.Count == 0 || what.Contains(name);
if (Wanted("pool")) bench.ForkAndJoin();
if (Wanted("decode")) bench.Product("decode", [1]);
if (Wanted("batch")) bench.Product("batch", [2, 4, 8, 12, 16, 32]);
if (Wanted("prefill")) bench.Product("prefill", [512]);
if (Wanted("attention"))
{
    bench.Attention(heads: 14, kvHeads: 2);
    bench.Attention(heads: 8, kvHeads: 8);
}
if (Wanted("rows")) bench.Rows();
if (Wanted("pack")) bench.Packing();
