using Agora.Hadoop.Tasks.Input;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>What a map attempt runs over its records.</summary>
internal interface IMapProgram
{
    /// <summary>Runs once over the whole split. Records are given out one at a time, from any one thread.</summary>
    /// <exception cref="AttemptFailedException">The user's code failed.</exception>
    void Run(IRecordSource input, RecordHandler output);
}
