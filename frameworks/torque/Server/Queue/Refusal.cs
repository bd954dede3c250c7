using Agora.Torque.Jobs;

namespace Agora.Torque.Server.Queue;

/// <summary>What Torque says where it refuses something; scripts look for these texts.</summary>
internal static class Refusal
{
    public static PbsException UnknownJob() => new(PbsError.UnknownJobId, "Unknown Job Id Error");

    public static PbsException BadState(JobState state) =>
        new(PbsError.BadState, $"Request invalid for state of job MSG=invalid state for job - {state.ToString().ToUpperInvariant()}");

    public static PbsException NotOwner() => new(PbsError.Permission, "Unauthorized Request ");

    public static PbsException NotOperator() => new(PbsError.Permission,
        "Unauthorized Request  MSG=additional permissions required (ATR_DFLAG_MGWR | ATR_DFLAG_OPWR)");

    public static PbsException NotManager() => new(PbsError.Permission, "Unauthorized Request  MSG=error in permissions (PERM_MANAGER)");

    public static PbsException NotOperatorOfNodes() => new(PbsError.Permission, "Unauthorized Request  MSG=error in permissions (PERM_OPorMGR)");

    public static PbsException BadValue(string name) =>
        new(PbsError.BadAttributeValue, $"Illegal attribute or resource value for {name}");

    public static PbsException UnknownResource(string name) => new(PbsError.UnknownResource, $"Unknown resource type  {name}");

    public static PbsException UnknownAttribute(string name) => new(PbsError.NoAttribute, $"Undefined attribute  {name}");

    public static PbsException ReadOnly(string name) =>
        new(PbsError.AttributeReadOnly, $"Cannot set attribute, read only or insufficient permission  {name}");

    public static PbsException WhileRunning(string name) =>
        new(PbsError.ModifyWhileRunning, $"Cannot modify attribute while job running  {name}");

    public static PbsException BadArray() => new(PbsError.BadArrayRequest, "Bad Job Array Request");

    public static PbsException BadDependency() => new(PbsError.BadDependency, "Invalid Job Dependency");

    public static PbsException UnknownQueue() => new(PbsError.UnknownQueue, "Unknown queue MSG=requested queue not found");

    public static PbsException Exceeds(string why) =>
        new(PbsError.ExceedsQueueLimits, $"Job exceeds queue resource limits MSG={why}");
}
