using System.Text;

namespace MpcActors.Cli;

/// <summary>Where a command's files go. Each is written aside and moved into place, so that an interrupted run leaves none half-written.</summary>
sealed class OutputFolder
{
    const string Aside = ".new";

    readonly string _option;

    /// <exception cref="BadInputException">The folder cannot be made or written to: better said now than after minutes of work.</exception>
    /// <param name="option">That names the folder.</param>
    public OutputFolder(string folder, string option = "--out")
    {
        (Folder, _option) = (folder, option);
        try
        {
            Directory.CreateDirectory(folder);
            // Several processes may write to one folder.
            var probe = Path.Combine(folder, $"probe-{Environment.ProcessId}{Aside}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new BadInputException($"the folder '{folder}' cannot be written to ({problem.Message}); name another with {option}", problem);
        }
    }

    public string Folder { get; }

    public void Write(string name, string text) => Write(name, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    public void Write(string name, Action<Stream> write)
    {
        var path = Path.Combine(Folder, name);
        try
        {
            using (var stream = new FileStream(path + Aside, FileMode.Create, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(path + Aside, path, overwrite: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            File.Delete(path + Aside);
            throw new BadInputException($"'{path}' could not be written ({problem.Message}); make room, or name another folder with {_option}", problem);
        }
    }
}
