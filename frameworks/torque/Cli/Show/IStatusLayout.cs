using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Show;

/// <summary>One of the forms in which records are shown.</summary>
internal interface IStatusLayout
{
    /// <summary>Names of the attributes it shows; empty for all there are.</summary>
    IReadOnlyList<string> Attributes { get; }

    /// <summary>Shows the records of one answer, behind those of the answers before.</summary>
    /// <param name="records">At least one.</param>
    /// <param name="server">Whose they are.</param>
    void Show(TextWriter to, IEnumerable<StatusRecord> records, string server);

    /// <summary>After all answers.</summary>
    void End(TextWriter to)
    {
    }
}
