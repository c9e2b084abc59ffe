using System.CommandLine;
using Juxta.Eval.Preferences;

namespace Juxta.Cli.Commands;

/// <summary>Which votes a command looks at: a file of them, and filters.</summary>
internal sealed class VotesArguments
{
    const string Stdin = "stdin";

    readonly Option<string> _votes = new("--votes")
    {
        Description = "Votes: {\"item\",\"a\",\"b\",\"winner\":\"a|b|tie|both_bad|skip\",\"annotator\",…} lines, or a table of these names in a .csv ('-' = lines from stdin)", Required = true, HelpName = "FILE",
    };

    readonly Option<string?> _set = new("--set") { Description = "Only votes on samples of this eval set", HelpName = "ID" };
    readonly Option<string?> _tag = new("--tag") { Description = "Only votes on items with this tag", HelpName = "TAG" };
    readonly Option<string?> _annotator = new("--annotator") { Description = "Only this person's votes", HelpName = "NAME" };
    readonly Option<bool> _adjudicated = new("--adjudicated") { Description = "Where an adjudicator gave a verdict, it stands for all votes on its item and pair" };
    readonly Option<string?> _language = new("--language") { Description = "Only items in this language", HelpName = "TAG" };

    /// <param name="adjudicated">False where what annotators said themselves is looked at.</param>
    public void AddTo(Command command, bool adjudicated = true)
    {
        foreach (Option option in (Option[])[_votes, _set, _tag, _annotator, _language]) command.Add(option);
        if (adjudicated) command.Add(_adjudicated);
    }

    /// <summary>As it was given, for messages.</summary>
    public string File(ParseResult parsed) => parsed.GetValue(_votes) is "-" ? Stdin : parsed.GetValue(_votes)!;

    /// <summary>Every event of the file.</summary>
    public IReadOnlyList<VoteEvent> Events(ParseResult parsed)
    {
        string path = File(parsed);
        if (path == Stdin)
        {
            using Stream stdin = Console.OpenStandardInput();
            using var content = new MemoryStream();
            stdin.CopyTo(content);
            return VoteFile.Read(Stdin, content.ToArray());
        }
        if (!System.IO.File.Exists(path)) throw new InputException($"--votes {path}: no such file");
        return VoteFile.Read(path, System.IO.File.ReadAllBytes(path));
    }

    /// <summary>The votes that stand and pass the filters; at least one.</summary>
    public IReadOnlyList<Vote> Standing(ParseResult parsed)
    {
        IReadOnlyList<Vote> votes;
        try
        {
            votes = VoteEvent.Standing(Events(parsed));
            if (votes.Count == 0) throw new InputException($"{File(parsed)}: there are no votes in it");
            return Filter(parsed).Of(parsed.GetValue(_adjudicated) ? Adjudication.Applied(votes) : votes);
        }
        catch (VoteException error) when (!error.Message.StartsWith(File(parsed), StringComparison.Ordinal))
        {
            throw new InputException($"{File(parsed)}: {error.Message}");
        }
    }

    public VoteFilter Filter(ParseResult parsed) => new(parsed.GetValue(_set), parsed.GetValue(_tag), parsed.GetValue(_annotator), parsed.GetValue(_language));
}
