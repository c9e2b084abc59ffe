using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Demo.Talk;
using Juxta.Training.Dialogues;
using Juxta.Training.Models;
using Juxta.Training.Vocabularies;

namespace Juxta.Demo;

/// <summary>What a run starts from: <c>train.jsonl</c>, <c>heldout.jsonl</c> and <c>start/</c>, a model that has learnt nothing, with its tokenizer.</summary>
internal static class Beginning
{
    const int CorpusSeed = 1, WeightSeed = 1, TrainingConversations = 20000, HeldOutConversations = 300, VocabularySize = 2048;

    /// <summary>ChatML: every turn is closed, the assistant's too, so that it learns to end.</summary>
    const string Template = "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    /// <summary>What the demo model learns from, and what it is measured on.</summary>
    public static (IReadOnlyList<Dialogue> Training, IReadOnlyList<Dialogue> HeldOut) Dialogues() => Conversations.Of(CorpusSeed, TrainingConversations, HeldOutConversations);

    public static void Write(string folder)
    {
        string start = Directory.CreateDirectory(Path.Combine(folder, "start")).FullName;
        (IReadOnlyList<Dialogue> training, IReadOnlyList<Dialogue> heldOut) = Dialogues();
        Corpus.Write(Path.Combine(folder, "train.jsonl"), training);
        Corpus.Write(Path.Combine(folder, "heldout.jsonl"), heldOut);

        TrainedVocabulary vocabulary = TokenizerTrainer.Train(training.SelectMany(dialogue => dialogue.Messages).Select(message => message.Content), new TokenizerSettings { VocabularySize = VocabularySize });
        TokenizerWriter.Write(start, vocabulary, eos: "<|im_end|>", pad: "<|pad|>", Template);
        WriteConfig(start, vocabulary);
        Console.WriteLine($"{training.Count} + {heldOut.Count} conversations, {vocabulary.Tokens.Count + vocabulary.Settings.SpecialTokens.Count} tokens, {FreshModel.Write(start, WeightSeed)} parameters");
    }

    static void WriteConfig(string folder, TrainedVocabulary vocabulary)
    {
        int Id(string special) => vocabulary.Tokens.Count + vocabulary.Settings.SpecialTokens.ToList().IndexOf(special);
        var config = new JsonObject
        {
            ["architectures"] = new JsonArray("LlamaForCausalLM"), ["model_type"] = "llama", ["hidden_act"] = "silu", ["hidden_size"] = 192, ["intermediate_size"] = 512, ["num_hidden_layers"] = 6,
            ["num_attention_heads"] = 6, ["num_key_value_heads"] = 3, ["max_position_embeddings"] = 1024, ["rms_norm_eps"] = 1e-5, ["rope_theta"] = 10000.0, ["tie_word_embeddings"] = true,
            ["attention_bias"] = false, ["mlp_bias"] = false, ["torch_dtype"] = "float32", ["vocab_size"] = Id("<|pad|>") + 1, ["bos_token_id"] = null, ["eos_token_id"] = Id("<|im_end|>"), ["pad_token_id"] = Id("<|pad|>"),
        };
        var generation = new JsonObject
        {
            ["do_sample"] = true, ["temperature"] = 0.3, ["top_p"] = 0.9, ["eos_token_id"] = new JsonArray(Id("<|im_end|>"), Id("<|endoftext|>")), ["pad_token_id"] = Id("<|pad|>"),
        };
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString(Readable));
        File.WriteAllText(Path.Combine(folder, "generation_config.json"), generation.ToJsonString(Readable));
    }
}
