using MpcActors.Data;

namespace MpcActors.Tuning.Federated;

/// <summary>Which client holds which text: alike, or skewed by class. A function of the seed alone; every text has one holder and every client a text.</summary>
public static class ClientSplit
{
    const ulong OrderStream = 31, SizeStream = 32;

    /// <summary>Texts in a random order, dealt out in turn.</summary>
    public static int[][] Independent(int texts, int clients, ulong seed)
    {
        RequireEnough(texts, clients);
        var order = Order(texts, seed);
        return [.. Enumerable.Range(0, clients).Select(client => order.Where((_, i) => i % clients == client).ToArray())];
    }

    /// <summary>Each class is divided in proportions drawn from a Dirichlet distribution with all parameters <paramref name="alpha"/> (Hsu, Qi, Brown, arXiv 1909.06335).</summary>
    /// <param name="alpha">Above zero; the smaller, the more does a client hold of one class only.</param>
    public static int[][] Dirichlet(IReadOnlyList<int> labels, int clients, double alpha, ulong seed)
    {
        RequireEnough(labels.Count, clients);
        if (!(alpha is > 0 and <= 1e6)) throw new ArgumentException(FormattableString.Invariant($"alpha is above 0 and at most 1000000, not {alpha}"));
        var held = Enumerable.Range(0, clients).Select(_ => new List<int>()).ToArray();
        var draws = new Draws(seed, SizeStream);
        foreach (var label in labels.Distinct().Order())
        {
            var texts = Order(labels.Count, seed).Where(text => labels[text] == label).ToArray();
            double[] shares = [.. held.Select(_ => draws.Gamma(alpha))];
            var (total, sum, from) = (shares.Sum(), 0.0, 0);
            for (var client = 0; client < clients; client++)
            {
                sum += shares[client];
                var until = client == clients - 1 ? texts.Length : (int)Math.Round(texts.Length * sum / total);
                held[client].AddRange(texts[from..until]);
                from = until;
            }
        }

        // A client without a text takes one from whoever has most.
        foreach (var poor in held.Where(texts => texts.Count == 0))
        {
            var rich = held.MaxBy(texts => texts.Count)!;
            poor.Add(rich[^1]);
            rich.RemoveAt(rich.Count - 1);
        }

        return [.. held.Select(texts => texts.ToArray())];
    }

    /// <summary>The numbers below <paramref name="count"/> in a random order.</summary>
    internal static int[] Order(int count, ulong seed, ulong stream = OrderStream)
    {
        var order = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var j = (int)(CounterGaussian.Uniform(seed, stream, (ulong)i) * (i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    static void RequireEnough(int texts, int clients)
    {
        if (clients < 1 || texts < clients) throw new ArgumentException($"{texts} texts cannot be split between {clients} clients; each needs one at least");
    }

    sealed class Draws(ulong seed, ulong stream)
    {
        ulong _next;

        /// <summary>Gamma of any shape and scale one (Marsaglia and Tsang, 2000); a shape below one is raised by one and the draw multiplied by u^(1/shape).</summary>
        public double Gamma(double shape)
        {
            if (shape < 1) return Math.Max(Gamma(shape + 1) * Math.Pow(CounterGaussian.Uniform(seed, stream, _next++), 1 / shape), 1e-300);
            var d = shape - 1.0 / 3;
            var c = 1 / Math.Sqrt(9 * d);
            while (true)
            {
                var x = CounterGaussian.Normal(seed, stream, _next++);
                var v = Math.Pow(1 + c * x, 3);
                var u = CounterGaussian.Uniform(seed, stream, _next++);
                if (v > 0 && Math.Log(u) < x * x / 2 + d - d * v + d * Math.Log(v)) return d * v;
            }
        }
    }
}
