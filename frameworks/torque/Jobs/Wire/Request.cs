using System.Text.Json.Serialization;

namespace Agora.Torque.Jobs.Wire;

/// <summary>
/// What a command asks of the server. On a connection each request gets one <see cref="Reply"/>, in order. Who asks, the
/// server learns from the kernel (the socket's peer), not from the request.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(Submit), "submit")]
[JsonDerivedType(typeof(Status), "status")]
[JsonDerivedType(typeof(Select), "select")]
[JsonDerivedType(typeof(Delete), "delete")]
[JsonDerivedType(typeof(Hold), "hold")]
[JsonDerivedType(typeof(Release), "release")]
[JsonDerivedType(typeof(Alter), "alter")]
[JsonDerivedType(typeof(Signal), "signal")]
[JsonDerivedType(typeof(Rerun), "rerun")]
[JsonDerivedType(typeof(Move), "move")]
[JsonDerivedType(typeof(Order), "order")]
[JsonDerivedType(typeof(Run), "run")]
[JsonDerivedType(typeof(Note), "note")]
[JsonDerivedType(typeof(Manage), "manage")]
[JsonDerivedType(typeof(Trace), "trace")]
[JsonDerivedType(typeof(Terminate), "terminate")]
public abstract record Request
{
    private Request()
    {
    }

    /// <param name="Destination">Queue; null for the server's default queue.</param>
    /// <param name="Attributes">
    /// As of <c>qsub</c>: Job_Name, Resource_List.walltime, depend … Variable_List (see <see cref="VariableList"/>) has
    /// PBS_O_WORKDIR, and PBS_O_INITDIR and PBS_O_ROOTDIR where <c>-d</c> and <c>-D</c> were given; the server adds
    /// PBS_O_QUEUE and PBS_O_SERVER. <c>job_arguments</c> is of <c>-F</c>; <c>interactive</c> of <c>-I</c>, with
    /// <c>host:port</c> of the waiting <c>qsub</c>, a blank, and what it wants to be shown. Output_Path and Error_Path
    /// may be left out, and may end in <c>/</c>: then the server adds the usual name.
    /// </param>
    /// <param name="Script">The whole script, unchanged.</param>
    /// <param name="Array">As given to <c>-t</c>; null for a single job.</param>
    public sealed record Submit(
        string? Destination, IReadOnlyList<JobAttribute> Attributes, byte[] Script, string? Array = null) : Request;

    /// <param name="Names">Job ids, or names of queues or nodes; empty for all.</param>
    /// <param name="Attributes">Only these (by name, all resources of it); empty for all.</param>
    /// <param name="ExpandArrays">An array's elements one by one, and not the array.</param>
    public sealed record Status(
        StatusOf Of, IReadOnlyList<string> Names, IReadOnlyList<string> Attributes, bool ExpandArrays = false) : Request;

    /// <summary><c>qselect</c>: the jobs that meet all of it; the reply's records have names only.</summary>
    /// <param name="States">Letters, such as <c>QHR</c>; null for any.</param>
    public sealed record Select(
        IReadOnlyList<AttributeTest> Tests, string? States = null, string? Queue = null, IReadOnlyList<string>? Users = null,
        bool ExpandArrays = false) : Request;

    /// <param name="Job">As the user wrote it.</param>
    /// <param name="Array">The elements, as given to <c>-t</c>.</param>
    /// <param name="DelaySeconds">Between SIGTERM and SIGKILL.</param>
    /// <param name="Purge">Forget it without asking its node.</param>
    public sealed record Delete(
        string Job, string? Array = null, int? DelaySeconds = null, bool Purge = false, string? Message = null) : Request;

    /// <param name="Types">Some of <c>u o s</c>.</param>
    public sealed record Hold(string Job, string Types, string? Array = null) : Request;

    public sealed record Release(string Job, string Types, string? Array = null) : Request;

    public sealed record Alter(string Job, IReadOnlyList<JobAttribute> Attributes, string? Array = null) : Request;

    /// <param name="Name">As given to <c>-s</c>: a name with or without SIG, a number, <c>suspend</c>, <c>resume</c>.</param>
    public sealed record Signal(string Job, string Name) : Request;

    public sealed record Rerun(string Job, bool Force = false) : Request;

    public sealed record Move(string Job, string Queue) : Request;

    /// <summary>The two jobs change places.</summary>
    public sealed record Order(string Job, string Other) : Request;

    /// <param name="Hosts">As given to <c>qrun -H</c>.</param>
    public sealed record Run(string Job, string? Hosts = null) : Request;

    /// <summary><c>qmsg</c>: a line into the running job's output.</summary>
    public sealed record Note(string Job, string Text, bool ToError = true) : Request;

    /// <param name="Name">Of the object; empty for the server, or for all.</param>
    public sealed record Manage(
        ManageVerb Verb, StatusOf Of, string Name, IReadOnlyList<AttributeChange> Changes) : Request;

    /// <param name="Days">Of log files to look into, today's included.</param>
    public sealed record Trace(string Job, int Days = 1) : Request;

    /// <summary><c>qterm</c>: the server ends; running jobs go on.</summary>
    public sealed record Terminate : Request;
}

public enum StatusOf
{
    Jobs,
    Queues,
    Server,
    Nodes,
}

/// <summary>The verbs of <c>qmgr</c> that change something.</summary>
public enum ManageVerb
{
    Create,
    Delete,
    Set,
    Unset,
}

/// <summary>One attribute, or one resource of an attribute of resources.</summary>
/// <param name="Resource">After the dot in <c>Resource_List.walltime</c>.</param>
/// <param name="Value">As users write and read it; times of day are seconds since 1970.</param>
public sealed record JobAttribute(string Name, string? Resource, string Value);

/// <param name="Operator"><c>=</c>, <c>+=</c> or <c>-=</c>.</param>
public sealed record AttributeChange(string Name, string? Resource, string Value, string Operator = "=");

/// <param name="Operator"><c>eq ne ge gt le lt</c>.</param>
public sealed record AttributeTest(string Name, string? Resource, string Operator, string Value);
