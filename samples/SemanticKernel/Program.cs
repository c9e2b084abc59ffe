using System.ComponentModel;
using Juxta.Engine;
using Juxta.Engine.Chat;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

// A Juxta model in Semantic Kernel: dotnet run -- MODEL-FOLDER (docs/semantic-kernel.md).
if (args is not [var folder])
{
    Console.Error.WriteLine("usage: dotnet run -- MODEL-FOLDER, such as ../../models/demo");
    return 2;
}
using LanguageModel model = LanguageModel.Open(folder);
await using var engine = new InferenceEngine(model);
IChatClient juxta = new EngineChatClient(engine, "juxta");

// 1. A prompt function, answered by the registered IChatClient.
IKernelBuilder builder = Kernel.CreateBuilder();
builder.Services.AddSingleton(juxta);
Kernel kernel = builder.Build();
var brief = new PromptExecutionSettings { ExtensionData = new Dictionary<string, object> { ["temperature"] = 0, ["max_tokens"] = 40, ["repetition_penalty"] = 1.05 } };
KernelFunction ask = kernel.CreateFunctionFromPrompt("<message role=\"user\">{{$question}}</message>", brief);
FunctionResult answer = await kernel.InvokeAsync(ask, new KernelArguments { ["question"] = "What is 2 + 3?" });
Console.WriteLine($"prompt function: {answer}");
UsageDetails? usage = answer.GetValue<ChatResponse>()?.Usage;
Console.WriteLine($"  {usage?.InputTokenCount} + {usage?.OutputTokenCount} tokens");

// 2. The same, streamed.
Console.Write("streamed: ");
await foreach (string piece in kernel.InvokePromptStreamingAsync<string>("<message role=\"user\">Count from 1 to 10.</message>", new KernelArguments(brief))) Console.Write(piece);
Console.WriteLine();

// 3. A tool. The model is offered it; where its template knows tools, its call is invoked and the result goes back to it in the role of a tool (GLM's "observation").
int calls = 0;
Kernel withTools = Kernel.CreateBuilder().Build();
withTools.Plugins.AddFromFunctions("clock", [KernelFunctionFactory.CreateFromMethod(Time, "time", "Tells the time in a city")]);
IChatClient calling = juxta.AsBuilder().UseKernelFunctionInvocation().Build(withTools.Services);
var auto = new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(), ExtensionData = brief.ExtensionData };
IChatCompletionService service = calling.AsChatCompletionService(withTools.Services);
Microsoft.SemanticKernel.ChatMessageContent told = await service.GetChatMessageContentAsync(new ChatHistory("What time is it in Paris?"), auto, withTools);
Console.WriteLine($"with a tool: {told.Content}");
Console.WriteLine($"  the model called it {calls} time{(calls == 1 ? "" : "s")}");

// 4. A conversation in which a tool has answered already, by IChatCompletionService: for code that wants that interface.
var history = new ChatHistory();
history.AddUserMessage("What time is it in Paris?");
history.Add(new Microsoft.SemanticKernel.ChatMessageContent(AuthorRole.Assistant, [new Microsoft.SemanticKernel.FunctionCallContent("time", "clock", "call_1", new KernelArguments { ["city"] = "Paris" })]));
history.Add(new Microsoft.SemanticKernel.FunctionResultContent("time", "clock", "call_1", "It is noon in Paris.").ToChatMessage());
Microsoft.SemanticKernel.ChatMessageContent after = await juxta.AsChatCompletionService().GetChatMessageContentAsync(history, brief, kernel);
Console.WriteLine($"after the tool's answer: {after.Content}");
return 0;

string Time([Description("A city")] string city)
{
    calls++;
    return $"It is noon in {city}.";
}
