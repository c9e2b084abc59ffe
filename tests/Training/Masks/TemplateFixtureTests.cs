using System.Text.Json;
using System.Text.RegularExpressions;
using Juxta.Engine.Tokenization;
using Juxta.Tests;
using Juxta.Training;
using Juxta.Training.Corpora;
using Juxta.Training.Dialogues;
using Juxta.Training.Masks;
using Juxta.Training.Recipes;
using Juxta.Training.Samples;

namespace Juxta.TrainingTests.Masks;

/// <summary>The mask over every published chat template of the fixtures, with a tokenizer that knows the special tokens the template speaks of.</summary>
public sealed partial class TemplateFixtureTests
{
    static readonly string[] Answers = ["Vienna! 维也纳。", "Lima, on the coast."];

    static readonly Dialogue Session = new(
        [new("user", "What is the capital of 奥地利?"), new("assistant", Answers[0]), new("user", "And of Peru? <|im_end|>"), new("assistant", Answers[1])]);

    /// <summary>Templates that this conversation does not work with, each with what the refusal must say.</summary>
    static readonly Dictionary<string, string> Refused = new()
    {
        // They write no special token between an answer and the next question.
        ["cjz_amberchat"] = "no end that a model could learn",
        ["cjz_chatqa"] = "no end that a model could learn",
        ["cjz_falcon-instruct"] = "no end that a model could learn",
        ["e2e_maywell_PiVoT-MoE"] = "no end that a model could learn",
        ["e2e_maywell_Synatra-Mixtral-8x7B"] = "no end that a model could learn",
        ["e2e_upstage_SOLAR-10.7B-Instruct-v1.0"] = "no end that a model could learn",
        ["gguf_falcon2-11b"] = "no end that a model could learn",
        ["gguf_nemotron-mini-4b"] = "no end that a model could learn",
        // Their prompt for an answer is not how they write an answer's turn.
        ["glm5.1"] = "agrees with its assistant turns, or the variables",
        ["e2e_codellama_CodeLlama-70b-Instruct-hf"] = "agrees with its assistant turns",
        ["e2e_default_blenderbot"] = "agrees with its assistant turns",
        ["gguf_llama-guard3-8b"] = "agrees with its assistant turns",
        ["mistralrs_mistral_small_tool_call"] = "agrees with its assistant turns",
        // They ask about a conversation instead of holding it.
        ["e2e_meta-llama_Llama-Guard-3-11B-Vision"] = "leaves all of it out",
        ["mistralrs_idefics3"] = "leaves all of it out",
        // They cannot do without tools.
        ["command-r-plus-tool"] = "'NoneType' object is not iterable",
        ["hermes-2-pro"] = "'NoneType' object is not iterable",
        ["command_r_plus.rag"] = "'NoneType' object is not iterable",
        ["e2e_CohereForAI_c4ai-command-r-v01_JSON_Schema"] = "'NoneType' object is not iterable",
        ["mistralrs_nousresearch_hermes2_pro_tool_use"] = "'NoneType' object is not iterable",
        ["e2e_fireworks-ai_firefunction-v1"] = "refuses this conversation",
    };

    public static TheoryData<string> Templates()
    {
        if (Fixtures.Root is null) return ["absent"];
        string root = Path.Combine(Fixtures.Root, "chat-templates");
        return [.. Directory.EnumerateFiles(root, "*.json").Concat(Directory.EnumerateFiles(Path.Combine(root, "wild"), "*.json"))
            .Select(path => Path.GetRelativePath(root, path)[..^5]).Where(name => !name.StartsWith('_')).Order(StringComparer.Ordinal)];
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void Labelled_tokens_are_the_answers_with_their_ends_and_nothing_else(string name)
    {
        Tokenizer tokenizer = Load(name);
        var format = ChatFormat.Of(tokenizer);
        if (Refused.TryGetValue(Path.GetFileName(name), out string? reason))
        {
            Assert.Contains(reason, Assert.Throws<SampleException>(() => Make(format, AnswerChoice.Session)).Message);
            return;
        }
        TrainingSample sample = Assert.Single(Make(format, AnswerChoice.Session));
        string[] parts = Labelled(tokenizer, sample);
        Assert.Equal(2, parts.Length);
        for (int i = 0; i < 2; i++)
        {
            string before = parts[i][..parts[i].IndexOf(Answers[i], StringComparison.Ordinal)], after = parts[i][(before.Length + Answers[i].Length)..];
            // What a template writes inside an answer's turn: white space, thinking that did not happen, the names of parts.
            Assert.Matches(@"^\s*((<think>)?\s*</think>\s*|all\s*<\|content\|>|<\|START_RESPONSE\|>)?$", before);
            Assert.Matches(@"^\s*(<\|END_RESPONSE\|>)?\S+$", after);
            Assert.True(tokenizer.IsSpecial(tokenizer.Encode(after.Trim())[^1]), $"an answer ends with {after}");
        }
        int[] never = [.. new[] { tokenizer.BosId, tokenizer.PadId, tokenizer.UnkId }.OfType<int>().Where(id => id != tokenizer.EosId), tokenizer.IdOf("<|im_start|>")!.Value];
        Assert.DoesNotContain(sample.Labels, never.Contains);
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void Split_samples_carry_together_what_one_session_carries(string name)
    {
        Tokenizer tokenizer = Load(name);
        if (Refused.ContainsKey(Path.GetFileName(name))) return;
        var format = ChatFormat.Of(tokenizer);
        int[] Labels(AnswerChoice choice) => [.. Make(format, choice).SelectMany(sample => sample.Labels).Where(label => label != TrainingSample.NoLoss)];
        int[] session = Labels(AnswerChoice.Session), split = Labels(AnswerChoice.Split), last = Labels(AnswerChoice.Last);
        Assert.Equal(last, split[^last.Length..]);
        // Qwen3 shows only the last answer's turn with its (empty) thinking, and every split sample has a last answer.
        if (!tokenizer.ChatTemplate!.Contains("</think>", StringComparison.Ordinal)) Assert.Equal(session, split);
    }

    /// <summary>Every stretch of labelled tokens, as text.</summary>
    internal static string[] Labelled(Tokenizer tokenizer, TrainingSample sample)
    {
        var parts = new List<string>();
        for (int i = 0; i < sample.Length; i++)
        {
            int start = i;
            while (i < sample.Length && sample.Labels[i] != TrainingSample.NoLoss) i++;
            if (i > start) parts.Add(tokenizer.Decode(sample.Ids.AsSpan(start, i - start)));
        }
        return [.. parts];
    }

    static List<TrainingSample> Make(ChatFormat format, AnswerChoice choice) => [.. new ChatRecipe(format, choice, SampleLengths.Unlimited).Samples(new CorpusRecord("test", 1) { Dialogue = Session })];

    static Tokenizer Load(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Fixtures.Require("chat-templates", name + ".json")));
        string template = document.RootElement.GetProperty("chat_template").GetString()!;
        var roles = document.RootElement.GetProperty("special_tokens").EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String).ToDictionary(p => p.Name, p => p.Value.GetString()!);
        return ByteTokenizer.With([.. roles.Values.Concat(Special().Matches(template).Select(match => match.Value)).Concat(Always).Distinct()], roles, template);
    }

    /// <summary>Tokens that templates put together from a role.</summary>
    static readonly string[] Always = ["<|system|>", "<|user|>", "<|assistant|>", "<|observation|>", "<|im_start|>", "<|im_end|>"];

    [GeneratedRegex(@"\[\|endofturn\|\]|<\|[^|<>{}\s]+\|>|<｜[^｜]+｜>|</?s>|<(start|end)_of_turn>|\[/?INST\]|\[gMASK\]|<sop>|<bos>|<eos>")]
    private static partial Regex Special();
}
