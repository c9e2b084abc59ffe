using Juxta.Engine;
using Juxta.EngineBench;

// dotnet run -c Release --project bench/Engine -- cache|gap|answers|prompts MODEL_FOLDER [weights=q4_0] [threads=2] [depth=2048] [tokens=24] [rounds=7] [chats=8] [shares=64,512] [adapter=DIR] [cache=TOKENS] [seconds=20]
if (args is not [var what, var folder, .. var options] || what is not ("cache" or "gap" or "answers" or "prompts"))
{
    Console.Error.WriteLine("usage: cache|gap|answers|prompts MODEL_FOLDER [weights=q4_0] [threads=2] [depth=2048] [tokens=24] [rounds=7] [chats=8] [shares=64,512] [adapter=DIR] [cache=TOKENS] [seconds=20]");
    return 2;
}
string? Text(string name) => options.FirstOrDefault(option => option.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
int Number(string name, int otherwise) => Text(name) is { } text ? int.Parse(text) : otherwise;
WeightStorage? weights = Text("weights") is { } asked ? WeightStorage.Find(asked) : null;
int threads = Number("threads", 2), depth = Number("depth", 2048), rounds = Number("rounds", 7);
if (what == "cache") await CacheTurns.RunAsync(folder, weights, threads, depth, Number("tokens", 24), rounds);
else if (what == "gap") await LongestGap.RunAsync(folder, weights, threads, Number("chats", 8), depth, [.. (Text("shares") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)], rounds);
else await Steady.RunAsync(folder, weights, threads, depth, Number("tokens", 1000), Number("chats", 1), what == "prompts", Text("adapter"), Number("cache", 0), Number("seconds", 20));
return 0;
