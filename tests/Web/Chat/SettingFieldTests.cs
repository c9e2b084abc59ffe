using Juxta.Engine.Generation;
using Juxta.Web.Chat.Settings;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;

namespace Juxta.WebTests.Chat;

public sealed class SettingFieldTests
{
    static readonly SettingField[] All = [.. SettingField.Sampling, .. SettingField.Limits];

    [Theory]
    [InlineData("temperature", "0.7")]
    [InlineData("top_k", "40")]
    [InlineData("top_p", "0.95")]
    [InlineData("min_p", "0.05")]
    [InlineData("repetition_penalty", "1.1")]
    [InlineData("presence_penalty", "-0.5")]
    [InlineData("frequency_penalty", "2")]
    [InlineData("max_tokens", "128")]
    [InlineData("min_tokens", "3")]
    [InlineData("repetition_limit", "8")]
    [InlineData("seed", "18446744073709551615")]
    public void What_is_typed_is_what_is_read_back_and_nothing_else_changes(string id, string text)
    {
        SettingField field = All.Single(field => field.Id == id);
        var before = new ConversationSettings { Sampling = new SamplingOptions() };
        ConversationSettings after = field.Write(before, text);
        Assert.Equal(text, field.Read(after));
        foreach (SettingField other in All.Where(other => other != field)) Assert.Equal(other.Read(before), other.Read(after));
    }

    [Theory]
    [InlineData("temperature", "hot", "Temperature is a number from 0 to 5, not “hot”.")]
    [InlineData("temperature", "-1", "Temperature is a number from 0 to 5, not “-1”.")]
    [InlineData("temperature", "NaN", "Temperature is a number from 0 to 5, not “NaN”.")]
    [InlineData("temperature", "", "Temperature is a number from 0 to 5, not “”.")]
    [InlineData("top_p", "1.5", "Top-p is a number from 0 to 1, not “1.5”.")]
    [InlineData("top_k", "2.5", "Top-k is a whole number of 0 or more, not “2.5”.")]
    [InlineData("repetition_penalty", "0", "Repetition penalty is a number from 0.01 to 10, not “0”.")]
    [InlineData("max_tokens", "0", "Max tokens is a whole number of 1 or more, not “0”.")]
    [InlineData("max_tokens", "99999999999", "Max tokens is a whole number of 1 or more, not “99999999999”.")]
    [InlineData("repetition_limit", "1001", "Repetition stop is a whole number from 0 to 1000, not “1001”.")]
    [InlineData("seed", "-1", "Seed is a whole number from 0 to 18446744073709551615, not “-1”.")]
    public void A_value_out_of_range_is_refused_with_what_is_allowed(string id, string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => All.Single(field => field.Id == id).Write(new ConversationSettings(), text)).Message);

    [Fact]
    public void A_decimal_comma_is_a_decimal_point() =>
        Assert.Equal(0.7f, All.Single(field => field.Id == "temperature").Write(new ConversationSettings(), "0,7").Sampling!.Temperature);

    [Theory]
    [InlineData("max_tokens")]
    [InlineData("seed")]
    public void Empty_leaves_it_to_the_program(string id)
    {
        SettingField field = All.Single(field => field.Id == id);
        Assert.Equal("", field.Read(field.Write(field.Write(new ConversationSettings(), "5"), "")));
    }

    [Fact]
    public void Sampling_is_described_by_what_is_not_plain()
    {
        Assert.Equal("Temperature 0.7 · Top-k 20 · Top-p 0.8", SettingField.Describe(new SamplingOptions { Temperature = 0.7f, TopK = 20, TopP = 0.8f }));
        Assert.Equal("Nothing advised: tokens are drawn by their plain probabilities", SettingField.Describe(new SamplingOptions()));
    }

    [Fact]
    public void Ids_are_unique() => Assert.Equal(All.Length, All.Select(field => field.Id).Distinct().Count());

    [Theory]
    [InlineData("\\nUser:", "\nUser:")]
    [InlineData("a\\\\nb", "a\\nb")]
    [InlineData("\\t|\\r", "\t|\r")]
    [InlineData("\\x", "\\x")]
    [InlineData("end\\", "end\\")]
    public void A_stop_string_can_name_line_breaks(string typed, string meant) => Assert.Equal([meant], StopLines.Read(typed));

    [Fact]
    public void Stop_strings_are_lines_and_come_back_as_typed()
    {
        Assert.Equal(["a", " b ", "c"], StopLines.Read("a\r\n b \n\na\nc\n"));
        Assert.Equal("\\nUser:\na\\\\nb\ntab\\t", StopLines.Write(["\nUser:", "a\\nb", "tab\t"]));
        Assert.Equal(["\nUser:", "a\\nb", "tab\t", "\\"], StopLines.Read(StopLines.Write(["\nUser:", "a\\nb", "tab\t", "\\"])));
    }
}
