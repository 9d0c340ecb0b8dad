using Xunit.Abstractions;

namespace MpcActors.Data.Tests;

public sealed class TaskTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_review_sentences_are_split_400_to_600_and_trimmed()
    {
        if (Outside.IsOff(output))
            return;
        var tasks = await SentimentSentences.EnsureAsync(new ModelCache());
        Assert.Equal(["yelp", "imdb", "amazon"], tasks.Select(task => task.Name));
        Assert.All(tasks, task =>
        {
            var all = task.Pool.Concat(task.Test).ToArray();
            Assert.Equal((400, 600), (task.Pool.Count, task.Test.Count));
            Assert.Equal(500, all.Count(text => text.Label == 1));
            Assert.All(all, text => Assert.True(text.Text.Length > 0 && text.Text == text.Text.Trim()));
            Assert.InRange(task.Pool.Count(text => text.Label == 1), 160, 240);
        });
        var texts = Fixture.Read<Tokenization[]>("tokenizations.json.gz").Select(text => text.Text).ToHashSet();
        Assert.All(tasks.SelectMany(task => task.Pool), text => Assert.Contains(text.Text, texts));
    }

    [Fact]
    public async Task Dictionary_sentences_are_fetched_and_composed_alike_for_a_seed()
    {
        if (Outside.IsOff(output))
            return;
        var sentences = await DictionarySentences.EnsureAsync(new ModelCache());
        Assert.Equal(87_266, sentences.Count);
        Assert.Contains("the team is a unit", sentences);
        var text = PublicText.Compose(sentences, 1);
        Assert.Equal(text, PublicText.Compose(sentences, 1));
        Assert.NotEqual(text, PublicText.Compose(sentences, 2));
        Assert.All(text, line => Assert.True(line.Length > 1 && !line.Contains('\n')));
    }

    [Fact]
    public void Sentences_from_patterns_are_filled_and_of_many_kinds()
    {
        var sentences = Enumerable.Range(0, 3000).Select(i => ReviewSentences.Create(4, (ulong)i)).ToArray();
        Assert.Equal(sentences, Enumerable.Range(0, 3000).Select(i => ReviewSentences.Create(4, (ulong)i)));
        Assert.True(sentences.Distinct().Count() > 2000);
        // A slot that was not filled is a capital alone; the pronoun and an article at the beginning are words.
        Assert.All(sentences, sentence => Assert.DoesNotMatch("(?<![A-Za-z])[B-HJ-Z](?![A-Za-z])|(?<=.)(?<![A-Za-z])A(?![A-Za-z])", sentence));
    }

    [Fact]
    public void Few_shot_sets_are_balanced_disjoint_and_fixed_by_the_seed()
    {
        var task = TinyTask.Create();
        var split = FewShot.Split(task, 16, 5);
        Assert.Equal((32, 32), (split.Train.Count, split.Dev.Count));
        Assert.Equal((16, 16), (split.Train.Count(text => text.Label == 1), split.Dev.Count(text => text.Label == 1)));
        Assert.Empty(split.Train.Intersect(split.Dev));
        Assert.All(split.Train.Concat(split.Dev), text => Assert.Contains(text, task.Pool));
        Assert.Equal(split.Train, FewShot.Split(task, 16, 5).Train);
        Assert.NotEqual(split.Train, FewShot.Split(task, 16, 6).Train);
    }

    [Fact]
    public void Too_few_texts_of_a_class_are_refused()
    {
        var error = Assert.Throws<InvalidDataException>(() => FewShot.Split(TinyTask.Create(), 51, 1));
        Assert.Contains("class negative has 100 texts", error.Message, StringComparison.Ordinal);
        Assert.Contains("need 102", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => FewShot.Split(TinyTask.Create(), 0, 1));
    }
}
