namespace MpcActors.Cli;

/// <summary>A way from a few labelled texts to a classifier.</summary>
interface IFewShotMethod
{
    /// <summary>As it is typed and shown.</summary>
    string Name { get; }

    /// <summary>Whether it can run on shares here.</summary>
    bool CanBePrivate { get; }

    /// <summary>Everything beside the draw that decides its result.</summary>
    string SettingsFor(FewShotDraw draw);

    Task<FewShotPart> InTheClearAsync(FewShotDraw draw, CancellationToken cancellation);

    /// <param name="checkpoint">Where a long run keeps its state.</param>
    Task<FewShotPart> OnSharesAsync(FewShotDraw draw, string checkpoint, Action<string> announce, CancellationToken cancellation);
}
