namespace MpcActors.Cli;

/// <summary>What the user gave cannot be used; the message says what, where, and what would do. Ends the program with exit code 2.</summary>
sealed class BadInputException : Exception
{
    public BadInputException()
    {
    }

    public BadInputException(string message)
        : base(message)
    {
    }

    public BadInputException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Runs what reads or checks input: there, an argument or a file that cannot be is the user's, anywhere else it is a defect.</summary>
    public static T Check<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception problem) when (IsOfInput(problem))
        {
            throw new BadInputException(MessageOf(problem), problem);
        }
    }

    public static void Check(Action read) => Check(() =>
    {
        read();
        return true;
    });

    public static bool IsOfInput(Exception problem) =>
        problem is ArgumentException or FormatException or InvalidDataException or IOException or UnauthorizedAccessException;

    /// <summary>The message without .NET's mention of a parameter, which names nothing that the user knows.</summary>
    public static string MessageOf(Exception problem)
    {
        var end = problem is ArgumentException ? problem.Message.IndexOf(" (Parameter '", StringComparison.Ordinal) : -1;
        return end < 0 ? problem.Message : problem.Message[..end];
    }
}
