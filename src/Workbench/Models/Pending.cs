using Juxta.Engine;
using Juxta.Engine.Lora;

namespace Juxta.Workbench.Models;

/// <summary>Members that the engine's types are about to have; their own take precedence as soon as they are there.</summary>
internal static class Pending
{
    extension(LanguageModel model)
    {
        public string WeightsHash => throw new NotImplementedException(model.Folder);

        public Juxta.Engine.Generation.SamplingOptions GenerationDefaults => throw new NotImplementedException(model.Folder);
    }

    extension(LoraAdapter adapter)
    {
        public AdapterReceipt Receipt => throw new NotImplementedException(adapter.Name);
    }
}
