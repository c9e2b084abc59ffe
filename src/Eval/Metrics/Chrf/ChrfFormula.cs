namespace Juxta.Eval.Metrics.Chrf;

/// <summary>chrF of summed statistics, in sacreBLEU's order of operations.</summary>
internal sealed record ChrfFormula(double Beta, bool EpsilonSmoothing)
{
    const double Epsilon = 1e-16;

    public double Score(ReadOnlySpan<double> sums)
    {
        var average = new Average(Beta * Beta);
        for (int i = 0; i < sums.Length; i += 3)
            average.Add(sums[i] > 0, sums[i + 1] > 0, sums[i + 2] / sums[i], sums[i + 2] / sums[i + 1]);
        return EpsilonSmoothing ? average.Smoothed : average.Effective;
    }

    /// <summary>The same after single-precision sums: each precision and recall is a quotient of two single-precision numbers.</summary>
    public double Score(ReadOnlySpan<float> sums)
    {
        var average = new Average(Beta * Beta);
        for (int i = 0; i < sums.Length; i += 3)
            average.Add(sums[i] > 0, sums[i + 1] > 0, sums[i + 2] / sums[i], sums[i + 2] / sums[i + 1]);
        return EpsilonSmoothing ? average.Smoothed : average.Effective;
    }

    struct Average(double factor)
    {
        double _precision, _recall, _smoothed;
        int _orders, _effective;

        public void Add(bool answerHas, bool referenceHas, double precision, double recall)
        {
            if (!answerHas) precision = Epsilon;
            if (!referenceHas) recall = Epsilon;
            double denominator = factor * precision + recall;
            _smoothed += denominator > 0 ? (1 + factor) * precision * recall / denominator : Epsilon;
            _orders++;
            if (!answerHas || !referenceHas) return;
            _precision += precision;
            _recall += recall;
            _effective++;
        }

        /// <summary>Mean of the orders' F-scores.</summary>
        public readonly double Smoothed => 100 * _smoothed / _orders;

        /// <summary>F-score of the mean precision and recall over the orders that both texts have.</summary>
        public readonly double Effective
        {
            get
            {
                if (_effective == 0) return 0;
                double precision = _precision / _effective, recall = _recall / _effective;
                return precision + recall == 0 ? 0 : 100 * ((1 + factor) * precision * recall / (factor * precision + recall));
            }
        }
    }
}
