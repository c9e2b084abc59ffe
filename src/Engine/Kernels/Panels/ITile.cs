namespace Juxta.Engine.Kernels.Panels;

/// <summary>How the activations of a tile lie in memory: element k of token t at t·Row + k·Step(tokens). Constants to the compiler.</summary>
internal interface ITile
{
    /// <summary>Floats from one token to the next.</summary>
    static abstract int Row { get; }

    /// <summary>Floats from one column to the next.</summary>
    static abstract int Step(int tokens);
}

/// <summary>(columns, tokens): what a long product reads in one stream.</summary>
internal readonly struct PackedTile : ITile
{
    public static int Row => 1;

    public static int Step(int tokens) => tokens;
}

/// <summary>(tokens, 32 columns), as the kernel itself leaves its results.</summary>
internal readonly struct PanelTile : ITile
{
    public static int Row => Panel.Rows;

    public static int Step(int tokens) => 1;
}
