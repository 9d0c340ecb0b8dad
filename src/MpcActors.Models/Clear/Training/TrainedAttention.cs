namespace MpcActors.Models.Clear.Training;

/// <summary>Attentions that the trainer knows. s_ij is the product of a query and a key, n the number of keys.</summary>
public enum TrainedAttention
{
    /// <summary>w_ij = exp(s_ij/√dh) / Σ_l exp(s_il/√dh).</summary>
    Softmax,

    /// <summary>Random features: w_ij = s_ij / max(Σ_l s_il, floor) with s_ij = Σ_r cos(t_ir − t_jr) / (D n) and phases t = q Ω, k Ω.</summary>
    RandomFeatures,

    /// <summary>2Quad of MPCFormer (Li et al., ICLR 2023, section 3.2): w_ij = (s_ij/√dh + c)² / Σ_l (s_il/√dh + c)², c = 5.</summary>
    Quadratic,

    /// <summary>w_ij = 1/n.</summary>
    Uniform,
}
