using Juxta.Engine.Lora;

namespace Juxta.Workbench.Models;

/// <summary>Members that the engine's types are about to have; their own take precedence as soon as they are there.</summary>
internal static class Pending
{
    extension(LoraAdapter adapter)
    {
        public AdapterReceipt Receipt => throw new NotImplementedException(adapter.Name);
    }
}
