using System.Text;

namespace Juxta.Engine.Tokenization.Decoders;

/// <summary>
/// One step on the way from token strings back to text: the <c>decoder</c> section of tokenizer.json, flattened. Each step is a push
/// stream, so decoding a whole sequence and decoding token by token are the same code.
/// </summary>
abstract class TokenDecoder
{
    /// <summary>Begins one sequence.</summary>
    /// <param name="next">Takes what this step gives out.</param>
    /// <param name="fused">Whether everything arrives as one token that grows (<see cref="FuseDecoder"/>, <see cref="ByteLevelDecoder"/>).</param>
    /// <param name="streaming">Whether to give out characters as soon as they are certain.</param>
    public abstract TokenSink Open(TokenSink next, bool fused, bool streaming);

    /// <summary>Whether the step gives out one token that grows.</summary>
    public virtual bool Fuses(bool fused) => fused;

    /// <summary>What a token becomes in the middle of a text.</summary>
    public virtual string InMiddle(string token) => token;

    /// <summary>The one byte that a token stands for; -1 for any other token.</summary>
    public virtual int SingleByte(string token) => -1;
}

/// <summary>Receives tokens.</summary>
abstract class TokenSink
{
    /// <param name="text">A token, or more of the last one.</param>
    /// <param name="continues">Whether it belongs to the token before.</param>
    public abstract void Take(string text, bool continues);

    /// <summary>The sequence is over.</summary>
    public abstract void Finish();
}

/// <summary>The end of every chain: the text so far.</summary>
sealed class TextSink : TokenSink
{
    readonly StringBuilder _text = new();
    string _first = "";

    public override void Take(string text, bool continues)
    {
        if (_first.Length == 0) _first = text;
        else _text.Append(text);
    }

    public override void Finish() { }

    /// <summary>What has come since the last call: the very string where it was one.</summary>
    public string Drain()
    {
        string text = _text.Length == 0 ? _first : _text.Insert(0, _first).ToString();
        _first = "";
        _text.Clear();
        return text;
    }
}

/// <summary>A step that changes each token by itself. On a token that grows it waits for the end, unless it works character by character.</summary>
abstract class TokenwiseDecoder : TokenDecoder
{
    protected virtual bool WorksByCharacter => false;

    /// <param name="token">The token.</param>
    /// <param name="index">How many came before it.</param>
    protected abstract string Change(string token, int index);

    public override string InMiddle(string token) => Change(token, 1);

    public override TokenSink Open(TokenSink next, bool fused, bool streaming) =>
        fused && !WorksByCharacter ? new Waiting(this, next) : new Direct(this, next);

    sealed class Direct(TokenwiseDecoder step, TokenSink next) : TokenSink
    {
        int _index = -1;

        public override void Take(string text, bool continues)
        {
            if (!continues || _index < 0) _index++;
            next.Take(step.Change(text, _index), continues);
        }

        public override void Finish() => next.Finish();
    }

    sealed class Waiting(TokenwiseDecoder step, TokenSink next) : TokenSink
    {
        readonly StringBuilder _token = new();

        public override void Take(string text, bool continues) => _token.Append(text);

        public override void Finish()
        {
            next.Take(step.Change(_token.ToString(), 0), continues: false);
            next.Finish();
        }
    }
}
