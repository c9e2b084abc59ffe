using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Tokenization;
using Juxta.Server.Wire;
using Juxta.Workbench;
using Juxta.Workbench.Models;

namespace Juxta.Server.Models;

/// <summary>What a request's <c>model</c> and <c>adapters</c> stand for, opened.</summary>
/// <param name="Name">The name that the request used; answers repeat it.</param>
/// <param name="Choice">The base and the adapters that act.</param>
/// <param name="Opened">The base, ready to run.</param>
internal sealed record RequestedModel(string Name, ModelChoice Choice, OpenModel Opened)
{
    public LanguageModel Model => Opened.Model;

    /// <exception cref="ApiException">400: the checkpoint has none, so there is no text.</exception>
    public Tokenizer Tokenizer => Model.Tokenizer
        ?? throw ApiException.Invalid($"the model '{Choice.Model}' has no tokenizer, so it has no text; put the one of its repository into its folder", "model", "no_tokenizer");

    public int ContextLength => Model.Description.ContextLength;

    /// <summary>Refuses a prompt that leaves no room for an answer.</summary>
    /// <param name="tokens">Of the prompt.</param>
    /// <param name="parameter">Where it came from.</param>
    /// <param name="answer">Least tokens of the answer.</param>
    public void CheckLength(int tokens, string parameter, int answer = 1)
    {
        int most = Opened.Engine.TokenLimit;
        if (tokens + answer <= most) return;
        throw new ApiException(400, $"this model's maximum context length is {most} tokens, and the prompt alone has {tokens}; shorten it", parameter, "context_length_exceeded");
    }

    /// <param name="shelf">The models there are.</param>
    /// <param name="name">Id of a base or an adapter.</param>
    /// <param name="adapters">Adapters in place of the one that <paramref name="name"/> may stand for; null = that one.</param>
    /// <param name="cancel">Stops waiting for the model.</param>
    /// <exception cref="ApiException">404 for a name that nothing has.</exception>
    public static async Task<RequestedModel> OpenAsync(ModelShelf shelf, string name, IReadOnlyList<AdapterUse>? adapters, CancellationToken cancel)
    {
        ModelChoice choice = Resolve(shelf, name, "model");
        if (adapters is not null) choice = choice with { Adapters = [.. adapters.Select(use => use with { Name = OwnName(choice.Model, use.Name) })] };
        try
        {
            return new RequestedModel(name, choice, await shelf.OpenAsync(choice, cancel));
        }
        catch (NotFoundException error)
        {
            throw NotFound(error, "adapters");
        }
        catch (Exception error) when (error is ModelFormatException or BackendException)
        {
            throw new ApiException(503, error.Message, "model", "model_failed");
        }
    }

    public static ModelChoice Resolve(ModelShelf shelf, string name, string parameter)
    {
        try
        {
            return shelf.Resolve(name);
        }
        catch (NotFoundException error)
        {
            throw NotFound(error, parameter);
        }
    }

    public static ApiException NotFound(NotFoundException error, string parameter) => new(404, error.Message, parameter, "model_not_found");

    /// <summary>An adapter may be named as in the list of models, <c>base:adapter</c>.</summary>
    static string OwnName(string model, string adapter) =>
        adapter.StartsWith(model + ":", StringComparison.Ordinal) ? adapter[(model.Length + 1)..] : adapter;
}
