namespace MpcActors.Data.Tests;

public sealed class TsvTaskTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("mpc-actors-test-").FullName;

    public void Dispose() => Directory.Delete(folder, true);

    [Fact]
    public void Columns_are_found_by_name_and_labels_are_sorted()
    {
        var path = File("train.tsv", "index\tsentence\tlabel\r\n0\tgut \"so\"\t10\r\n1\tschlecht\t9\r\n\r\n");
        var task = TsvTask.Read(path, path, ["This is bad.", "This is good."]);
        Assert.Equal("train", task.Name);
        Assert.Equal(["9", "10"], task.ClassNames);
        Assert.Equal([new("gut \"so\"", 1), new("schlecht", 0)], task.Pool);
        Assert.Equal(task.Pool, task.Test);
        Assert.Equal(["This is bad.", "This is good."], task.LabelSentences);
    }

    [Fact]
    public void Without_a_test_file_half_of_the_rows_are_kept_for_testing()
    {
        var path = File("t.tsv", "label\ttext\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{(i % 2 == 0 ? "no" : "yes")}\ttext {i}\n")));
        var task = TsvTask.Read(path);
        Assert.Equal((10, 10), (task.Pool.Count, task.Test.Count));
        Assert.Equal(20, task.Pool.Concat(task.Test).Distinct().Count());
        Assert.Equal(["no", "yes"], task.LabelSentences);
        Assert.Equal(task.Pool, TsvTask.Read(path).Pool);
    }

    [Fact]
    public void Malformed_rows_are_all_counted_and_the_first_20_shown_with_line_and_reason()
    {
        var path = File("t.tsv", "label\ttext\n1\ta\tb\n\tx\n1\t \n0\tgood\n" + string.Concat(Enumerable.Repeat("oops\n", 30)));
        var message = Assert.Throws<InvalidDataException>(() => TsvTask.Read(path)).Message;
        Assert.StartsWith($"{path}: 33 malformed rows:", message, StringComparison.Ordinal);
        Assert.Contains("line 2: has 3 fields, but the header has 2", message, StringComparison.Ordinal);
        Assert.Contains("line 3: has an empty label", message, StringComparison.Ordinal);
        Assert.Contains("line 4: has an empty text", message, StringComparison.Ordinal);
        Assert.Contains("line 6: has 1 fields", message, StringComparison.Ordinal);
        Assert.EndsWith("and 13 more", message, StringComparison.Ordinal);
        Assert.Equal(22, message.Split('\n').Length);
    }

    [Fact]
    public void A_line_that_is_not_UTF_8_is_reported_with_its_number()
    {
        var path = Path.Combine(folder, "t.tsv");
        System.IO.File.WriteAllBytes(path, [.. "label\ttext\n0\tx\n1\t"u8, 0xFF, (byte)'\n']);
        Assert.Contains("line 3: is not UTF-8 text", Assert.Throws<InvalidDataException>(() => TsvTask.Read(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("label\ttext\n", "no rows below the header")]
    [InlineData("label\ttext\n1\ta\n1\tb\n", "every row has the label 1")]
    [InlineData("class\ttext\n1\ta\n", "columns class, text, but label and text (or sentence) were expected")]
    [InlineData("label\ttext\tlabel\n1\ta\t1\n", "two have the same name")]
    [InlineData("label\ttext\tsentence\n1\ta\tb\n", "could both be the text")]
    public void Data_that_cannot_be_a_task_is_refused(string content, string reason)
        => Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => TsvTask.Read(File("t.tsv", content))).Message, StringComparison.Ordinal);

    [Fact]
    public void Labels_and_label_sentences_that_do_not_match_are_refused()
    {
        var train = File("train.tsv", "label\ttext\n0\ta\n1\tb\n");
        var test = File("test.tsv", "label\ttext\n0\ta\n-1\tb\n");
        Assert.Contains("line 3: unknown label -1; 0, 1 were expected", Assert.Throws<InvalidDataException>(() => TsvTask.Read(train, test)).Message, StringComparison.Ordinal);
        Assert.Contains("2 classes (0, 1), but 3 label sentences", Assert.Throws<InvalidDataException>(() => TsvTask.Read(train, null, ["a", "b", "c"])).Message, StringComparison.Ordinal);
        Assert.Contains("a test set is needed", Assert.Throws<InvalidDataException>(() => TsvTask.Read(train, File("e.tsv", "label\ttext\n"))).Message, StringComparison.Ordinal);
    }

    string File(string name, string content)
    {
        var path = Path.Combine(folder, name);
        System.IO.File.WriteAllText(path, content);
        return path;
    }
}
