using MpcActors.Ring;

namespace MpcActors.Protocols.Training;

/// <summary>One matrix product cut into columns of the result, so that all cores take part in it and no part of the right factor is packed twice.</summary>
static class Tiles
{
    const int Width = 64;

    public static (Shape Result, Block[] Blocks) Of(Shape left, bool leftIsTransposed, Shape right, bool rightIsTransposed)
    {
        var result = new Shape(leftIsTransposed ? left.Columns : left.Rows, rightIsTransposed ? right.Rows : right.Columns);
        var blocks = new Block[(result.Columns + Width - 1) / Width];
        for (var i = 0; i < blocks.Length; i++)
        {
            var (start, width) = (i * Width, Math.Min(Width, result.Columns - i * Width));
            blocks[i] = new(
                new(0, left.Columns, left.Rows, left.Columns),
                rightIsTransposed ? new(start * right.Columns, right.Columns, width, right.Columns) : new(start, right.Columns, right.Rows, width),
                new(start, result.Columns, result.Rows, width), leftIsTransposed, rightIsTransposed);
        }

        return (result, blocks);
    }
}
