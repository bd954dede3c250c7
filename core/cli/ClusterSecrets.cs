using Agora.Security;

namespace Agora.Cli;

/// <summary>The secrets of one cluster of <c>agora up</c>: new ones each time, in files that only its owner can read.</summary>
internal static class ClusterSecrets
{
    private const string Nodes = "nodes", UsualOwner = "owner";

    private static string InState(string name) => Path.Combine(Installation.StateDirectory, name);

    /// <summary>All who may connect, for masters.</summary>
    public static string List => InState("credentials");

    /// <summary>The owner's, for commands and services.</summary>
    public static string Own => InState("credential");

    public static string OfAgents => InState("agent-credential");

    public static void Make()
    {
        Directory.CreateDirectory(Installation.StateDirectory);
        var name = Environment.UserName;
        var owner = Credential.Create(Principal.IsName(name) && name != Nodes ? name : UsualOwner);
        var nodes = Credential.Create(Nodes);
        PrivateFile.Write(List, owner.ToListLine("framework,operator") + nodes.ToListLine("agent"));
        PrivateFile.Write(Own, owner.ToFile());
        PrivateFile.Write(OfAgents, nodes.ToFile());
    }

    public static void Remove()
    {
        foreach (var file in (string[])[List, Own, OfAgents])
            File.Delete(file);
    }
}
