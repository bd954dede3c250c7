using System.Text.Json.Serialization;

namespace Agora.Torque.Jobs.Wire;

/// <summary>The server's answer.</summary>
/// <param name="Error">Torque's number, <see cref="PbsError.None"/> if the request was carried out.</param>
/// <param name="Message">Of an error: the original's text, without the name of the job, which the command adds.</param>
/// <param name="Id">Of a job that was submitted, with the server: <c>17[].host</c>.</param>
/// <param name="Records">What was asked for. They may be there beside an error, where only some names are unknown.</param>
/// <param name="Lines">Of a trace.</param>
/// <param name="Server">The server's name, as in job ids.</param>
public sealed record Reply(
    PbsError Error = PbsError.None, string? Message = null, string? Id = null,
    IReadOnlyList<StatusRecord>? Records = null, IReadOnlyList<string>? Lines = null, string Server = "");

/// <summary>One job, queue, node or server, its attributes in the order they are shown in.</summary>
/// <param name="Name">Of a job with the server.</param>
[JsonConverter(typeof(StatusRecordConverter))]
public sealed record StatusRecord(string Name, IReadOnlyList<JobAttribute> Attributes)
{
    /// <summary>Null if it has no such attribute.</summary>
    public string? this[string name, string? resource = null]
    {
        get
        {
            foreach (var attribute in Attributes)
            {
                if (attribute.Name == name && attribute.Resource == resource)
                    return attribute.Value;
            }
            return null;
        }
    }
}
