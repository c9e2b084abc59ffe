using System.Diagnostics;
using System.Text.Json;

namespace Juxta.CliTests;

/// <summary>Runs the real command as its own process, as a person or a script would.</summary>
internal static class Juxta
{
    public sealed record Result(int Code, string Out, string Error)
    {
        /// <summary>Stdout as JSON, one document per line.</summary>
        public JsonElement[] Lines => [.. Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

        public JsonElement Json => Assert.Single(Lines);
    }

    public static Result Run(params string[] arguments) => RunWith("", arguments);

    public static Result RunWith(string stdin, params string[] arguments) => Run(stdin, [], arguments);

    /// <summary>With its data below another folder than the person's own.</summary>
    public static Result RunIn(string dataHome, params string[] arguments) => RunIn(new Dictionary<string, string> { ["XDG_DATA_HOME"] = dataHome }, arguments);

    /// <summary>With other environment variables.</summary>
    public static Result RunIn(Dictionary<string, string> environment, params string[] arguments) => Run("", environment, arguments);

    /// <summary>Starts the command and leaves it running, for tests that end it.</summary>
    public static Process Start(params string[] arguments)
    {
        Process process = Process.Start(StartInfo([], arguments))!;
        process.StandardInput.Close();
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    static Result Run(string stdin, Dictionary<string, string> environment, string[] arguments)
    {
        using Process process = Process.Start(StartInfo(environment, arguments))!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(stdin);
        process.StandardInput.Close();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(2)), $"juxta {string.Join(' ', arguments)} did not end");
        return new Result(process.ExitCode, output.Result, error.Result);
    }

    static ProcessStartInfo StartInfo(Dictionary<string, string> environment, string[] arguments)
    {
        // The whole path of dotnet: a test may give the command another PATH.
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "juxta.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return start;
    }

    /// <summary>The command fails with exit code 2 and says all of this, in one line and without a stack trace.</summary>
    public static void Refuses(string[] arguments, params string[] says)
    {
        Result result = Run(arguments);
        Assert.True(result.Code == 2, $"exit code {result.Code}\n{result.Out}\n{result.Error}");
        foreach (string part in says) Assert.Contains(part, result.Error);
        Assert.DoesNotContain("   at ", result.Error);
        Assert.Empty(result.Out);
    }
}
