using Juxta.Engine.Generation;
using Juxta.Engine.Lora;
using Juxta.Engine.Sampling;

namespace Juxta.Engine.Scheduling;

/// <summary>
/// The adapters that requests may name, with a count of who uses them. One that was unloaded while in use goes on for those and is
/// disposed with the last. Equal uses share one <see cref="AdapterSet"/>, so their rows are computed together. Safe from any thread.
/// </summary>
internal sealed class AdapterRegistry : IDisposable
{
    readonly Lock _lock = new();
    readonly Dictionary<string, LoraAdapter> _byName = new(StringComparer.Ordinal);
    readonly Dictionary<LoraAdapter, int> _uses = [];
    readonly Dictionary<LoraAdapter, AdapterText> _texts = [];
    readonly List<AdapterLease> _leases = [];
    readonly int _vocabulary;
    readonly AdapterLease _none;

    /// <param name="vocabulary">Rows of the base model's head.</param>
    public AdapterRegistry(int vocabulary)
    {
        _vocabulary = vocabulary;
        _none = new AdapterLease(AdapterSet.None, vocabulary);
    }

    public IReadOnlyList<LoraAdapter> Adapters
    {
        get { lock (_lock) return [.. _byName.Values]; }
    }

    /// <exception cref="RequestException">An adapter of that name is loaded.</exception>
    public void ThrowIfTaken(string name)
    {
        lock (_lock)
        {
            if (_byName.ContainsKey(name)) throw Taken(name);
        }
    }

    /// <param name="text">What its own tokenizer gives to its rows.</param>
    /// <exception cref="RequestException">The name is taken.</exception>
    public void Add(LoraAdapter adapter, AdapterText? text = null)
    {
        lock (_lock)
        {
            if (!_byName.TryAdd(adapter.Name, adapter)) throw Taken(adapter.Name);
            _uses.Add(adapter, 0);
            _texts.Add(adapter, text ?? AdapterText.None);
        }
    }

    public bool Remove(string name)
    {
        lock (_lock)
        {
            if (!_byName.Remove(name, out LoraAdapter? adapter)) return false;
            if (_uses[adapter] == 0) Discard(adapter);
            return true;
        }
    }

    /// <summary>Takes the named adapters into use until the lease is given to <see cref="Release"/>.</summary>
    /// <exception cref="RequestException">A name is unknown or given twice, or a scale is not a finite number.</exception>
    public AdapterLease Rent(IReadOnlyList<AdapterUse> uses)
    {
        if (uses.Count == 0) return _none;
        lock (_lock)
        {
            var entries = new (LoraAdapter, float)[uses.Count];
            for (int i = 0; i < uses.Count; i++)
            {
                (string name, float scale) = uses[i];
                if (!_byName.TryGetValue(name, out LoraAdapter? adapter))
                {
                    string known = _byName.Count == 0 ? "none is loaded" : $"loaded: {string.Join(", ", _byName.Keys)}";
                    throw new RequestException($"no adapter named '{name}' is loaded ({known})", "adapters");
                }
                if (!float.IsFinite(scale)) throw new RequestException($"the scale of adapter '{name}' is {scale}; expected a finite number", "adapters");
                for (int j = 0; j < i; j++)
                {
                    if (entries[j].Item1 == adapter) throw new RequestException($"adapter '{name}' is named twice; give it once, with the sum of the scales", "adapters");
                }
                entries[i] = (adapter, scale);
            }
            return Rent(entries);
        }
    }

    /// <summary>Takes one adapter into use before it has a name here: for its probe.</summary>
    public AdapterLease RentUnnamed(LoraAdapter adapter) => new(new AdapterSet([(adapter, 1)]), adapter.Vocabulary ?? _vocabulary);

    AdapterLease Rent((LoraAdapter Adapter, float Scale)[] entries)
    {
        var set = new AdapterSet(entries);
        if (set.IsEmpty) return _none;
        AdapterLease? lease = _leases.Find(other => other.Set.Entries.SequenceEqual(set.Entries));
        if (lease is null)
        {
            if (set.Conflict() is { } conflict)
                throw new RequestException(
                    $"adapters '{conflict.First.Name}' and '{conflict.Second.Name}' both replace {conflict.Module}; only one of them could act there. Use them apart, or merge them before", "adapters");
            int vocabulary = set.Entries.Select(entry => entry.Adapter.Vocabulary).LastOrDefault(rows => rows is not null) ?? _vocabulary;
            AdapterText[] texts = [.. set.Entries.Select(entry => _texts[entry.Adapter])];
            lease = new AdapterLease(set, vocabulary)
            {
                Text = texts.LastOrDefault(text => text.Text is not null)?.Text,
                Stops = texts.Aggregate(StopIds.None, (stops, text) => stops.With(text.Stops)),
            };
            _leases.Add(lease);
        }
        lease.Uses++;
        foreach ((LoraAdapter adapter, _) in set.Entries) _uses[adapter]++;
        return lease;
    }

    public void Release(AdapterLease lease)
    {
        lock (_lock)
        {
            if (lease.Uses == 0) return; // the base, or a probe
            if (--lease.Uses == 0) _leases.Remove(lease);
            foreach ((LoraAdapter adapter, _) in lease.Set.Entries)
            {
                if (!_uses.ContainsKey(adapter)) continue; // the engine was disposed meanwhile
                if (--_uses[adapter] == 0 && !(_byName.TryGetValue(adapter.Name, out LoraAdapter? named) && named == adapter)) Discard(adapter);
            }
        }
    }

    static RequestException Taken(string name) => new($"an adapter named '{name}' is loaded already; unload it first or choose another name", "name");

    void Discard(LoraAdapter adapter)
    {
        _uses.Remove(adapter);
        _texts.Remove(adapter);
        adapter.Dispose();
    }

    /// <summary>Disposes every adapter; call when nothing is running.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (LoraAdapter adapter in _uses.Keys) adapter.Dispose();
            _uses.Clear();
            _texts.Clear();
            _byName.Clear();
        }
    }
}

/// <summary>Adapters in use by one or more sequences.</summary>
/// <param name="set">What acts on their rows.</param>
/// <param name="vocabulary">Rows of the head under this set.</param>
internal sealed class AdapterLease(AdapterSet set, int vocabulary)
{
    public AdapterSet Set { get; } = set;

    public int Vocabulary { get; } = vocabulary;

    /// <summary>The text of an adapter's own tokenizer; null = the base's.</summary>
    public TextVocabulary? Text { get; init; }

    /// <summary>Ids that end an answer besides the base's.</summary>
    public StopIds Stops { get; init; } = StopIds.None;

    /// <summary>Sequences that hold it; guarded by the registry.</summary>
    public int Uses { get; set; }
}
