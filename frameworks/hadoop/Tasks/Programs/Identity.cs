using Agora.Hadoop.Tasks.Input;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>Gives each record out as it is.</summary>
internal sealed class IdentityMapper : IMapProgram
{
    public void Run(IRecordSource input, RecordHandler output)
    {
        while (input.Next())
            output(input.Key, input.Value);
    }
}

/// <summary>Gives each record out as it is.</summary>
internal sealed class IdentityReducer : IReduceProgram
{
    public void Run(IGroupedRecords input, RecordHandler output)
    {
        while (input.Next())
            output(input.Key, input.Value);
    }
}
