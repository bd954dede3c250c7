namespace Agora.Mpi.Launch;

/// <summary>An error for the user: what happened, why, what to do.</summary>
internal sealed class MpiFailure(string what, string why, string fix, int exitCode = 1) : Exception(what)
{
    public int ExitCode { get; } = exitCode;

    public void Print()
    {
        Console.Error.WriteLine($"error: {Message}");
        Console.Error.WriteLine($"why:   {why}");
        Console.Error.WriteLine($"fix:   {fix}");
    }
}
