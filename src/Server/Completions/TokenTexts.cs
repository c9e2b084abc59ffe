using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Juxta.Engine;

namespace Juxta.Server.Completions;

/// <summary>Tokens as the API shows them: bytes, and text where the bytes are whole characters.</summary>
internal sealed class TokenTexts(LanguageModel model)
{
    /// <summary>OpenAI's stand-in for the logarithm of nothing, which JSON cannot write.</summary>
    const float NoProbability = -9999;

    public string Decode(IReadOnlyList<int> ids, bool skipSpecial) => throw new NotImplementedException(model.Folder);

    public byte[] Bytes(int id) => throw new NotImplementedException();

    /// <summary>Where each token starts in the text that they make together, in Unicode code points.</summary>
    public IReadOnlyList<int> Offsets(IReadOnlyList<int> ids, string text) => throw new NotImplementedException();

    /// <summary>As chat log-probabilities show it: half characters as <c>\xe4\xbd</c>.</summary>
    public string Escaped(int id) => Show(Bytes(id), "");

    /// <summary>As the completions API shows it: half characters as <c>bytes:\xe4\xbd</c>.</summary>
    public string Tagged(int id) => Show(Bytes(id), "bytes:");

    public static float Finite(float logProb) => float.IsFinite(logProb) ? logProb : NoProbability;

    static string Show(byte[] bytes, string tag) =>
        Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : tag + string.Concat(bytes.Select(value => "\\x" + value.ToString("x2", CultureInfo.InvariantCulture)));
}
