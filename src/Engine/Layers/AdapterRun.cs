using Juxta.Engine.Lora;

namespace Juxta.Engine.Layers;

/// <summary>Consecutive rows of activations on which the same adapters act.</summary>
internal readonly record struct AdapterRun(int FirstRow, int Rows, AdapterSet Adapters);
