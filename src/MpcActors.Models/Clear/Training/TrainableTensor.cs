namespace MpcActors.Models.Clear.Training;

/// <summary>Numbers that training may change, by the name they have in a file, and the gradient that the ways back have added up.</summary>
public sealed class TrainableTensor(string name, float[] value, int[] shape)
{
    private float[] gradient = [];

    public string Name => name;

    /// <summary>Row-major; the tensor's own.</summary>
    public float[] Value => value;

    public int[] Shape => shape;

    /// <summary>As long as <see cref="Value"/> while the tensor is trained, empty otherwise.</summary>
    public float[] Gradient => gradient;

    /// <summary>A frozen tensor has no gradient, and none is computed for it.</summary>
    public bool IsTrained
    {
        get => gradient.Length > 0;
        set
        {
            if (value != IsTrained) gradient = value ? new float[Value.Length] : [];
        }
    }

    public void ClearGradient() => Array.Clear(gradient);
}
