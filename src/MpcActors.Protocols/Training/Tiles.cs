using MpcActors.Ring;

namespace MpcActors.Protocols.Training;

/// <summary>One matrix product cut into columns of the result, so that all cores take part in it and no part of the right factor is packed twice.</summary>
static class Tiles
{
    const int LeastWidth = 64;

    /// <summary>Tiles a core, so that one which is late holds the others up for a part of the product only. The left factor is packed again for each.</summary>
    const int TilesOfACore = 4;

    public static (Shape Result, Block[] Blocks) Of(Shape left, bool leftIsTransposed, Shape right, bool rightIsTransposed)
    {
        var result = new Shape(leftIsTransposed ? left.Columns : left.Rows, rightIsTransposed ? right.Rows : right.Columns);
        var most = TilesOfACore * Environment.ProcessorCount;
        var tileWidth = Math.Max(LeastWidth, (result.Columns + most - 1) / most);
        var blocks = new Block[(result.Columns + tileWidth - 1) / tileWidth];
        for (var i = 0; i < blocks.Length; i++)
        {
            var (start, width) = (i * tileWidth, Math.Min(tileWidth, result.Columns - i * tileWidth));
            blocks[i] = new(
                new(0, left.Columns, left.Rows, left.Columns),
                rightIsTransposed ? new(start * right.Columns, right.Columns, width, right.Columns) : new(start, right.Columns, right.Rows, width),
                new(start, result.Columns, result.Rows, width), leftIsTransposed, rightIsTransposed);
        }

        return (result, blocks);
    }
}
