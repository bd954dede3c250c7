namespace Agora.Spark.Scheduling;

/// <summary>Where the outputs of a shuffle's map tasks are. They outlive the stage run that made them, and its job.</summary>
internal sealed class ShuffleOutputs(int shuffleId, int mapCount)
{
    private readonly MapOutput?[] _outputs = new MapOutput?[mapCount];
    private readonly AgentId[] _agents = new AgentId[mapCount];
    private readonly bool[] _told = new bool[mapCount];
    private readonly Dictionary<AgentId, int> _byAgent = [];

    public int ShuffleId => shuffleId;
    public int MapCount => _outputs.Length;

    /// <summary>Map tasks whose output is nowhere.</summary>
    public int Missing { get; private set; } = mapCount;

    /// <summary>Size of all outputs, in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Outputs that were there and are lost, counted each time.</summary>
    public int Lost { get; private set; }

    /// <summary>Attempts at its stage up to now, over all jobs.</summary>
    public int StageAttempts { get; set; }

    public MapOutput? this[int partition] => _outputs[partition];

    public bool Has(int partition) => _outputs[partition] is not null;

    /// <summary>The agent at which the output is; only where there is one.</summary>
    public AgentId AgentOf(int partition) => _agents[partition];

    /// <summary>All outputs, of which none may be missing.</summary>
    public IReadOnlyList<MapOutput> Copy() => (MapOutput[])_outputs.Clone()!;

    /// <returns>True if it is the first output of this map task ever.</returns>
    public bool Add(int partition, MapOutput output, AgentId agent)
    {
        Remove(partition);
        _outputs[partition] = output;
        _agents[partition] = agent;
        _byAgent[agent] = _byAgent.GetValueOrDefault(agent) + 1;
        Missing--;
        Bytes += Size(output);
        var isFirst = !_told[partition];
        _told[partition] = true;
        return isFirst;
    }

    public void Lose(int partition)
    {
        if (Remove(partition))
            Lost++;
    }

    /// <returns>The map tasks whose output was there.</returns>
    public IReadOnlyList<int> LoseAll(AgentId agent)
    {
        if (!_byAgent.ContainsKey(agent))
            return [];
        var lost = new List<int>();
        for (var i = 0; i < MapCount; i++)
        {
            if (!Has(i) || _agents[i] != agent)
                continue;
            Lose(i);
            lost.Add(i);
        }
        return lost;
    }

    private bool Remove(int partition)
    {
        if (_outputs[partition] is not { } output)
            return false;
        _outputs[partition] = null;
        Missing++;
        Bytes -= Size(output);
        var agent = _agents[partition];
        if (--_byAgent[agent] == 0)
            _byAgent.Remove(agent);
        return true;
    }

    private static long Size(MapOutput output) => output.Offsets.Count > 0 ? output.Offsets[^1] - output.Offsets[0] : 0;
}
