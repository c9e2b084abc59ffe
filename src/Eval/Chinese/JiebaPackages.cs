using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Juxta.Eval.Metrics;

namespace Juxta.Eval.Chinese;

/// <summary>
/// Brings jieba's data from two npm packages (both MIT): one has jieba's own dictionary, the other the hidden Markov model. Only these two files are kept,
/// each checked by its hash; no code of the packages is run.
/// </summary>
public static class JiebaPackages
{
    /// <summary>The package with dict.txt.</summary>
    public const string Dictionary = "@node-rs/jieba@2.0.3";

    /// <summary>The package with hmm_model.utf8.</summary>
    public const string Model = "nodejieba@3.5.8";

    const string DictionaryHash = "139519822fe8ab9e10d9d07e68ea0451045380aedaf54ecc51e2a28c6b42a13f";
    const string ModelHash = "f17790586ac86dd048c8adffed052c4bd2b28ed0682972c1275e59040c0589a7";

    /// <summary>Fetches what is missing into <see cref="JiebaData.Folder"/>.</summary>
    /// <exception cref="MetricException">npm is not there, the registry cannot be reached, or a file is not what it should be.</exception>
    public static async Task InstallAsync(CancellationToken cancel = default)
    {
        if (JiebaData.Installed) return;
        string folder = JiebaData.Folder;
        string work = Directory.CreateTempSubdirectory("juxta-jieba").FullName;
        try
        {
            Directory.CreateDirectory(folder);
            await FetchAsync(Dictionary, "package/dict.txt", DictionaryHash, Path.Combine(folder, JiebaData.DictionaryFile), work, cancel);
            await FetchAsync(Model, "package/submodules/cppjieba/dict/hmm_model.utf8", ModelHash, Path.Combine(folder, JiebaData.ModelFile), work, cancel);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new MetricException($"jieba's data could not be installed in {folder}: {error.Message}", error);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    static async Task FetchAsync(string package, string entry, string hash, string target, string work, CancellationToken cancel)
    {
        if (File.Exists(target)) return;
        string archive = Path.Combine(work, await PackAsync(package, work, cancel));
        string found = Path.Combine(work, "found");
        await using (var gzip = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress))
        await using (var tar = new TarReader(gzip))
        {
            TarEntry? file;
            do
            {
                file = await tar.GetNextEntryAsync(cancellationToken: cancel) ?? throw new MetricException($"npm package {package} has no {entry}");
            }
            while (file.Name != entry);
            await file.ExtractToFileAsync(found, overwrite: true, cancel);
        }
        byte[] bytes = await File.ReadAllBytesAsync(found, cancel);
        string actual = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (actual != hash) throw new MetricException($"{entry} of npm package {package} has SHA-256 {actual}; expected {hash}: it is not the data that the metrics were proved with");
        // Through a name of its own beside the target: two processes may install at once, and a half-written file must not be taken for a whole one.
        string beside = $"{target}.{Environment.ProcessId}";
        await File.WriteAllBytesAsync(beside, bytes, cancel);
        File.Move(beside, target, overwrite: true);
    }

    /// <summary><c>npm pack</c>: downloads a package's archive and returns its file name.</summary>
    static async Task<string> PackAsync(string package, string work, CancellationToken cancel)
    {
        bool windows = OperatingSystem.IsWindows();
        var start = new ProcessStartInfo(windows ? "cmd" : "npm") { WorkingDirectory = work, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])[.. windows ? ["/c", "npm"] : Array.Empty<string>(), "pack", "--silent", "--fetch-retries=1", package]) start.ArgumentList.Add(argument);
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancel), error = process.StandardError.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            string name = (await output).Trim();
            string said = (await error).Trim();
            return process.ExitCode == 0 && name.Length > 0
                ? name
                : throw new MetricException($"'npm pack {package}' failed{(said.Length > 0 ? $": {said}" : "; is the registry reachable?")}");
        }
        catch (Win32Exception)
        {
            throw new MetricException($"npm is not on the PATH; install it, or put {JiebaData.DictionaryFile} (npm {Dictionary}) and {JiebaData.ModelFile} (npm {Model}) into {JiebaData.Folder} yourself");
        }
    }
}
