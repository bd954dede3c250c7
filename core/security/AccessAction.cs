namespace Agora.Security;

/// <summary>What principals may be allowed to do; in brackets what a rule is about.</summary>
public enum AccessAction
{
    /// <summary>Come as a framework (of a role).</summary>
    Register,

    /// <summary>Run tasks (as a user of the agents; <c>-</c> is the agent's own).</summary>
    RunAs,

    /// <summary>End a framework (of a principal).</summary>
    Teardown,

    /// <summary>Kill a task (of a principal's framework).</summary>
    Kill,

    /// <summary>Read what tasks wrote (of a principal's framework).</summary>
    ReadSandbox,

    /// <summary>Drain, deactivate, reactivate, mark gone, plan maintenance (of a machine, by its name).</summary>
    Drain,

    /// <summary>Change weight, priority and guarantee (of a role).</summary>
    SetRole,

    /// <summary>See the cluster and why it does what it does (<c>*</c>).</summary>
    View,
}

/// <summary>How actions are written.</summary>
public static class AccessActions
{
    private static readonly (string Name, AccessAction Action)[] Names =
    [
        ("register", AccessAction.Register), ("run-as", AccessAction.RunAs), ("teardown", AccessAction.Teardown), ("kill", AccessAction.Kill),
        ("read-sandbox", AccessAction.ReadSandbox), ("drain", AccessAction.Drain), ("set-role", AccessAction.SetRole), ("view", AccessAction.View),
    ];

    public static IEnumerable<string> All => Names.Select(n => n.Name);

    public static string Name(this AccessAction action) => Array.Find(Names, n => n.Action == action).Name;

    public static bool TryParse(string name, out AccessAction action)
    {
        var found = Array.FindIndex(Names, n => n.Name == name);
        action = found < 0 ? default : Names[found].Action;
        return found >= 0;
    }
}
