using System.Globalization;
using Agora.Torque.Jobs;

namespace Agora.Torque.Server.Queue;

internal enum ResourceKind
{
    Text,
    Number,
    Duration,
    Size,
}

/// <summary>
/// The resources jobs may name in <c>-l</c>: Torque's own, and those of Moab, Maui, Cray and OpenPBS that scripts carry
/// along, which are kept and shown.
/// </summary>
internal static class KnownResources
{
    private static readonly Dictionary<string, ResourceKind> Kinds = Build();

    private static Dictionary<string, ResourceKind> Build()
    {
        Dictionary<string, ResourceKind> kinds = [];
        void Add(ResourceKind kind, string names)
        {
            foreach (var name in names.Split(' '))
                kinds.Add(name, kind);
        }
        Add(ResourceKind.Duration, "walltime cput pcput minwclimit min_walltime max_walltime soft_walltime");
        Add(ResourceKind.Size, "mem pmem vmem pvmem file dmem mppmem pmppmem");
        Add(ResourceKind.Number,
            "ncpus procs nodect procct nice mppwidth mppdepth mppnppn mpiprocs ompthreads ngpus naccelerators nmics size taskpn tpn");
        Add(ResourceKind.Text,
            "nodes neednodes select place gpus mics arch host vnode opsys qos feature partition software gres mppnodes mpplabels " +
            "mpparch mpphost mppnodect naccesspolicy nodeset nodesetisoptional trl var sid reqattr signal depend flags advres pref " +
            "latency bandwidth prologue epilogue other cpuclock geometry rgroup termtime taskgeometry nallocpolicy queuejob " +
            "template triggers cpapolicy maxmem image jobflags accelerator accelerator_model " +
            "accelerator_memory intel_mic filesystems aoe eoe site");
        return kinds;
    }

    public static ResourceKind? KindOf(string name) => Kinds.TryGetValue(name, out var kind) ? kind : null;

    /// <summary>The value as it is shown.</summary>
    /// <exception cref="PbsException">There is no such resource, or it cannot have this value.</exception>
    public static string Normalize(string attribute, string name, string value)
    {
        var full = $"{attribute}.{name}";
        var kind = KindOf(name) ?? throw Refusal.UnknownResource(full);
        if (Measure(kind, value) is null)
            throw Refusal.BadValue(full);
        return kind switch
        {
            ResourceKind.Duration => PbsTime.Format(PbsTime.Parse(value)!.Value),
            ResourceKind.Size => Suffixed(value.ToLowerInvariant()),
            _ => value,
        };
    }

    /// <summary>What the value comes to, to compare it: seconds, bytes or the number; 0 for text. Null if it is wrong.</summary>
    public static double? Measure(ResourceKind kind, string value) => kind switch
    {
        ResourceKind.Duration => PbsTime.Parse(value)?.TotalSeconds,
        ResourceKind.Size => PbsSize.Parse(value),
        ResourceKind.Number => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
        _ => value.Length > 0 ? 0 : null,
    };

    private static string Suffixed(string size) => size[^1] is 'k' or 'm' or 'g' or 't' or 'p' || char.IsAsciiDigit(size[^1]) ? size + "b" : size;
}
