namespace Agora.Torque.Server.Queue;

/// <summary>Who may do what: owners, operators, managers; root of this machine is a manager.</summary>
public sealed partial class JobQueue
{
    private bool IsManager(Caller caller) => caller.IsRoot || IsListed("managers", caller);

    private bool IsOperator(Caller caller) => IsManager(caller) || IsListed("operators", caller);

    private bool IsListed(string attribute, Caller caller) => IsListed(_server.List(attribute), caller);

    /// <summary>
    /// The first entry that fits decides: <c>user</c>, <c>user@host</c>, <c>*@host</c>, with <c>-</c> before it to deny. All
    /// callers are on the server's host, whatever they call it.
    /// </summary>
    private bool IsListed(IReadOnlyList<string> list, Caller caller)
    {
        foreach (var entry in list)
        {
            var parts = entry.TrimStart('+', '-').Split('@', 2);
            if ((parts[0] == caller.User || parts[0] == "*") && (parts.Length == 1 || parts[1] == _options.Server || IsIn([parts[1]], caller.Host)))
                return !entry.StartsWith('-');
        }
        return false;
    }

    private static bool IsOwner(Caller caller, Submission job) => job.Form.User == caller.User;

    private void CheckMayChange(Caller caller, Submission job)
    {
        if (!IsOwner(caller, job) && !IsOperator(caller))
            throw Refusal.NotOwner();
    }

    private void CheckOperator(Caller caller)
    {
        if (!IsOperator(caller))
            throw Refusal.NotOperator();
    }

    /// <summary>Holds of the operator's and the system's are set and released by those alone.</summary>
    private void CheckMayHold(Caller caller, Holds holds)
    {
        if (holds.HasFlag(Holds.System) && !IsManager(caller) || holds.HasFlag(Holds.Operator) && !IsOperator(caller))
            throw Refusal.NotOperator();
    }

    private bool MaySee(Caller caller, Submission job) =>
        IsOwner(caller, job) || _server.IsTrue("query_other_jobs") || IsOperator(caller);
}
