using System.CommandLine;
using Juxta.Cli;
using Juxta.Cli.Commands;

var root = new RootCommand("Juxta: load your checkpoints and adapters, chat with them, and learn which is better.")
{
    ServeCommand.Create(),
    ChatCommand.Create(),
    GenerateCommand.Create(),
    TokenizeCommand.Create(),
    TemplateCommand.Create(),
    InspectCommand.Create(),
    DoctorCommand.Create(),
    MergeCommand.Create(),
    TrainCommand.Create(),
    TrainTokenizerCommand.Create(),
    PullCommand.Create(),
    ModelsCommand.Create(),
    PackedCommand.Create(),
    LogitsCommand.Create(),
    ScoreCommand.Create(),
    MetricsCommand.Create(),
    RateCommand.Create(),
    PeopleCommand.Create(),
    EvalCommand.Create(),
    BenchCommand.Create(),
};

return await CommandRunner.RunAsync(root, args);
