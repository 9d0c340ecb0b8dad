using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace MpcActors.Cli;

/// <summary>Options whose values are checked while they are read, each with a message that says what would do.</summary>
static class Options
{
    public static Option<int> Count(string name, string description, int initial, int least = 1, int most = 1_000_000) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => initial,
        CustomParser = result => Number(result, name, least, most) ?? initial,
    };

    /// <summary>One that may be left out, and is null then.</summary>
    public static Option<int?> CountIfAny(string name, string description, int least = 1, int most = 1_000_000) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => Number(result, name, least, most),
    };

    /// <summary>A number above 0 and up to <paramref name="most"/>; null where it is left out and nothing stands for it.</summary>
    public static Option<double?> Positive(string name, string description, double? initial = null, double most = double.MaxValue)
    {
        var option = new Option<double?>(name)
        {
            Description = description,
            HelpName = "X",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= most) return number;
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}', but must be a number above 0{(most < double.MaxValue ? $" and up to {most}" : "")}"));
                return null;
            },
        };
        if (initial is not null) option.DefaultValueFactory = _ => initial;
        return option;
    }

    public static Option<ulong> Seed() => new("--seed")
    {
        Description = "Everything random follows from it: the same seed gives the same bytes",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
            result.AddError($"--seed is '{text}', but must be a whole number from 0 to {ulong.MaxValue}");
            return 0;
        },
    };

    public static Option<string> Choice(string name, string description, string initial, params string[] values) => ChoiceOr(name, null, description, initial, _ => false, values);

    /// <param name="elseName">Of a folder that may be given instead, as the help calls it.</param>
    /// <param name="isElse">Whether it is one.</param>
    public static Option<string> ChoiceOr(string name, string? elseName, string description, string initial, Func<string, bool> isElse, params string[] values)
    {
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = string.Join('|', elseName is null ? values : [.. values, elseName]),
            DefaultValueFactory = _ => initial,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (!values.Contains(text) && !isElse(text)) result.AddError($"{name} is '{text}', but must be one of {string.Join(", ", values)}{(elseName is null || Nearest.Hint(text, values).Length > 0 ? "" : ", or a folder that is there")}{Nearest.Hint(text, values)}");
                return text;
            },
        };
        option.CompletionSources.Add(values);
        return option;
    }

    public static Option<string?> Text(string name, string helpName, string description) => new(name) { Description = description, HelpName = helpName };

    /// <summary>Where a run's HTML page goes; alone, beside its run.json.</summary>
    public static Option<string?> Page() => new("--report")
    {
        Description = "Write the run as one HTML page, too; a file, or a folder (default: that of the run)",
        HelpName = "FILE",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    static int? Number(ArgumentResult result, string name, int least, int most)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        result.AddError($"{name} is '{text}', but must be a whole number from {least} to {most}");
        return null;
    }
}
