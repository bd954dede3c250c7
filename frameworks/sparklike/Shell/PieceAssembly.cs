namespace Agora.Spark.Shell;

/// <summary>What a piece was compiled to.</summary>
/// <param name="Name">Its simple name; no other piece has it.</param>
/// <param name="Symbols">A portable PDB.</param>
public sealed record PieceAssembly(string Name, byte[] Image, byte[] Symbols);
