using System.Globalization;

namespace Agora.Torque.Jobs;

/// <summary>Reads the requests for nodes: <c>nodes=</c>, <c>procs=</c>, <c>ncpus=</c> and OpenPBS's <c>select=</c>.</summary>
public static class NodeSpec
{
    /// <summary>A request for more nodes or processors than this is a mistake in writing.</summary>
    private const int CountMax = 10_000_000;

    private static PbsException Invalid() => new(PbsError.InvalidSyntax, "Command syntax invalid MSG=Invalid Syntax");

    /// <summary>Reads <c>2:ppn=4:fast+n7</c>, with Torque's <c>#shared</c> and <c>#excl</c> for all of it.</summary>
    /// <exception cref="PbsException"><see cref="PbsError.InvalidSyntax"/>.</exception>
    public static IReadOnlyList<NodeRequest> ParseNodes(string text)
    {
        var exclusive = false;
        if (text.IndexOf('#') is var hash and >= 0)
        {
            exclusive = text.AsSpan(hash + 1).Equals("excl", StringComparison.OrdinalIgnoreCase);
            text = text[..hash];
        }
        return [.. text.Split('+').Select(part => ParsePart(part, exclusive))];
    }

    private static NodeRequest ParsePart(string text, bool exclusive)
    {
        var words = text.Split(':');
        int count = 1, ppn = 1, gpus = 0, from = 1;
        string? host = null;
        if (Number(words[0]) is { } number)
            count = number;
        else if (words[0].Contains('=', StringComparison.Ordinal))
            from = 0;
        else if (IsName(words[0]))
            host = words[0];
        else
            throw Invalid();
        List<string> properties = [];
        foreach (var word in words.Skip(from))
        {
            var (key, value) = word.IndexOf('=') is var equal and >= 0 ? (word[..equal], word[(equal + 1)..]) : (word, null);
            if (value is null && IsName(key))
                properties.Add(key);
            else if (key is "ppn" or "gpus" && Number(value ?? "") is { } n)
                (ppn, gpus) = key == "ppn" ? (n, gpus) : (ppn, n);
            else
                throw Invalid();
        }
        if (count < 1 || ppn < 1)
            throw Invalid();
        return new NodeRequest(count, ppn, host, properties, ppn, Gpus: gpus, Exclusive: exclusive);
    }

    /// <summary>Reads <c>2:ncpus=4:mpiprocs=2:ompthreads=2:mem=4gb+1:ncpus=1</c>, and what <c>place</c> says of it.</summary>
    /// <param name="place">Such as <c>scatter:excl</c>; <c>pack</c> asks for one node. Null where not given.</param>
    /// <exception cref="PbsException">It is not understood.</exception>
    public static IReadOnlyList<NodeRequest> ParseSelect(string text, string? place)
    {
        var words = place?.Split(':') ?? [];
        var exclusive = words.Contains("excl") || words.Contains("exclhost");
        List<NodeRequest> requests = [.. text.Split('+').Select(chunk => ParseChunk(chunk, exclusive, !words.Contains("scatter")))];
        if (!words.Contains("pack"))
            return requests;
        // One node for all of it; a host that is named stays named.
        return
        [
            new NodeRequest(1, requests.Sum(r => r.Count * r.Slots), requests.FirstOrDefault(r => r.Host is not null)?.Host,
                [.. requests.SelectMany(r => r.Properties).Distinct()], requests.Sum(r => r.Count * r.Lines),
                requests.Any(r => r.MemoryBytes is not null) ? requests.Sum(r => r.Count * (r.MemoryBytes ?? 0)) : null,
                requests.Max(r => r.Threads), requests.Sum(r => r.Count * r.Gpus), exclusive),
        ];
    }

    private static NodeRequest ParseChunk(string text, bool exclusive, bool mayShare)
    {
        int count = 1, cpus = 1, gpus = 0;
        int? lines = null, threads = null;
        long? memory = null;
        string? host = null;
        List<string> properties = [];
        var words = text.Split(':');
        for (var i = 0; i < words.Length; i++)
        {
            if (i == 0 && Number(words[0]) is { } number)
            {
                count = number;
                continue;
            }
            var equal = words[i].IndexOf('=');
            if (equal <= 0)
                throw Invalid();
            var (key, value) = (words[i][..equal], words[i][(equal + 1)..]);
            switch (key)
            {
                case "ncpus": cpus = Number(value) ?? throw Invalid(); break;
                case "mpiprocs": lines = Number(value) ?? throw Invalid(); break;
                case "ompthreads": threads = Number(value) ?? throw Invalid(); break;
                case "ngpus": gpus = Number(value) ?? throw Invalid(); break;
                case "mem": memory = PbsSize.Parse(value) ?? throw new PbsException(PbsError.BadAttributeValue, "Illegal attribute or resource value for Resource_List.mem"); break;
                case "host" or "vnode": host = value; break;
                default:
                    // A site's own resource, such as bigmem=true: a node has it as a property.
                    if (value is "true" or "True" or "t" or "1")
                        properties.Add(key);
                    break;
            }
        }
        if (count < 1 || cpus < 1 || lines < 0)
            throw Invalid();
        return new NodeRequest(count, cpus, host, properties, lines ?? 1, memory, threads, gpus, exclusive, MayShare: mayShare);
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= CountMax ? number : null;

    private static bool IsName(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@') && text.Any(char.IsAsciiLetter);
}
