namespace MpcActors.Ring.Kernels;

/// <summary>Words from a matrix element to the next one below, and to the next one beside; a transposed matrix swaps the two.</summary>
readonly record struct MatrixStride(nint Row, nint Column);
