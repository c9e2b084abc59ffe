using Juxta.Engine.Generation;
using Juxta.Engine.Lora;
using Juxta.Web.Chat.Messages;
using Juxta.Web.Chat.Settings;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Juxta.WebTests.Chat;

/// <summary>Components as the HTML they become.</summary>
public sealed class RenderedTests
{
    static readonly GenerationUsage Usage = new(17, 34, TimeSpan.FromMilliseconds(12), TimeSpan.FromSeconds(1), 40);

    [Fact]
    public async Task A_persons_message_is_text_and_never_markup()
    {
        string html = await RenderAsync<MessageItem>(new() { ["Message"] = new Message(Guid.NewGuid(), null, "user", "**<b>hi</b>**", default, null) });
        Assert.Contains("**&lt;b&gt;hi&lt;/b&gt;**", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_is_safe_markdown_with_its_outcome_cost_author_and_remarks()
    {
        var answer = new Answer(Guid.NewGuid(), Outcome.Eos(2), Usage, "base", [new AdapterUse("lora", 0.5f)], []);
        string html = await RenderAsync<MessageItem>(new()
        {
            ["Message"] = new Message(Guid.NewGuid(), null, "assistant", "**bold** <script>alert(1)</script>", default, answer),
            ["Warnings"] = new[] { "no <template>" },
        });
        Assert.Contains("<strong>bold</strong> &lt;script&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.Contains("The model ended it: end-of-sequence id 2", html, StringComparison.Ordinal);
        Assert.Contains("34 tokens &#xB7; 40 tokens/s", html, StringComparison.Ordinal);
        Assert.Contains("base &#x2B; lora &#xD7; 0.5", html, StringComparison.Ordinal);
        Assert.Contains("no &lt;template&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Answer again", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receipt_shows_everything_that_proves_or_warns()
    {
        var receipt = new AdapterReceipt
        {
            Name = "lora",
            Folder = "/models/lora",
            Method = "LoRA r=16 alpha=32",
            TrainedOn = "some/base",
            Modules = [new("model.layers.0.q_proj", "lora", 16, 2, 0.957, 15.2), new("lm_head", "replaced", 0, 1, 0.00012, 0)],
            UnusedTensors = ["layers.99.lora_A.weight"],
            MissingModules = ["layers.1.v_proj"],
            Warnings = ["trained on another base"],
            Parameters = 92_160,
            Bytes = 560_640,
            ProbeMaxLogitDifference = 14.93,
            ProbeTopTokenChanged = 0.714,
            Hash = "a6fbf44c",
        };
        string html = await RenderAsync<ReceiptView>(new() { ["Receipt"] = receipt });
        foreach (string shown in (string[])
            ["2 modules changed", "another likeliest token at 71 % of the probe", "LoRA r=16 alpha=32", "some/base", "14.9", "92 k numbers", "547.5 KiB", "a6fbf44c",
             "/models/lora", "layers.99.lora_A.weight", "layers.1.v_proj", "trained on another base", "lora r=16", "replaced", "0.957", "6.3%", "0.00012"])
        {
            Assert.Contains(shown, html, StringComparison.Ordinal);
        }
    }

    static async Task<string> RenderAsync<T>(Dictionary<string, object?> parameters) where T : IComponent
    {
        await using ServiceProvider services = new ServiceCollection().AddLogging().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(parameters))).ToHtmlString());
    }
}
