namespace Juxta.Cli;

/// <summary>A value in a table.</summary>
/// <param name="Text">What it is.</param>
/// <param name="Note">What belongs to it and stands below it, in brackets.</param>
/// <param name="Style">A colour of Spectre.Console; null = the terminal's own.</param>
internal readonly record struct DataCell(string Text, string? Note = null, string? Style = null)
{
    public static implicit operator DataCell(string text) => new(text);
}
