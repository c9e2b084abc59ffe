using Juxta.Engine.Sampling;

namespace Juxta.Training.Runs;

/// <summary>In which order samples are read: every epoch another shuffle (Fisher and Yates), a pure function of seed and epoch, so a run that is taken up again goes on as it would have.</summary>
internal sealed class SampleOrder(int samples, ulong seed)
{
    int _epoch = -1;
    int[] _order = [];

    /// <summary>The sample at a place of the endless sequence of epochs.</summary>
    public int At(long place)
    {
        int epoch = checked((int)(place / samples));
        if (epoch != _epoch) (_epoch, _order) = (epoch, Shuffle(epoch));
        return _order[place % samples];
    }

    int[] Shuffle(int epoch)
    {
        int[] order = [.. Enumerable.Range(0, samples)];
        for (int i = samples - 1; i > 0; i--)
        {
            int other = (int)(Philox.Uniform(seed, ((ulong)(uint)epoch << 32) | (uint)i) * (i + 1));
            (order[i], order[other]) = (order[other], order[i]);
        }
        return order;
    }
}
