using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Manage;

/// <summary>What is to be done with which objects.</summary>
internal enum QmgrVerb
{
    Active,
    Create,
    Delete,
    Help,
    List,
    Print,
    Quit,
    Set,
    Unset,
}

/// <summary>One line of <c>qmgr</c>'s language.</summary>
/// <param name="Names">Of the objects; empty for all of them, or for those that are active.</param>
/// <param name="Changes">Attributes; without an operator's meaning for <c>list</c>, <c>print</c> and <c>unset</c>.</param>
internal sealed record QmgrStatement(
    QmgrVerb Verb, StatusOf Of, IReadOnlyList<string> Names, IReadOnlyList<AttributeChange> Changes);
