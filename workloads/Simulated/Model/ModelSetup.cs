using Agora.Simulation;

namespace Agora.Workloads.Simulated.Model;

/// <summary>A cell of the paper's table 2, and the sizes it is measured at.</summary>
/// <param name="IsRigid">The framework starts only once it has all slots, and gives them back together.</param>
/// <param name="IsExponential">How the lengths of the tasks that hold the slots are distributed; otherwise all are alike.</param>
/// <param name="Slots">What the framework is entitled to: the paper's k.</param>
/// <param name="Beta">The job's work, in slots times task lengths.</param>
/// <param name="TasksPerLength">Into how many tasks one after the other a task length of work is cut.</param>
internal sealed record ModelSetup(bool IsRigid, bool IsExponential, int Slots, int Beta, int TasksPerLength)
{
    /// <summary>The paper's T. So long that what a launch takes does not show.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(1000);

    public int Tasks => Slots * Beta * TasksPerLength;

    public TimeSpan Draw(Dice dice) => IsExponential && TasksPerLength == 1 ? Exponential(dice) : Length / TasksPerLength;

    /// <summary>What is left of a task that was met running.</summary>
    public TimeSpan DrawResidual(Dice dice) => IsExponential ? Exponential(dice) : Length * dice.Unit();

    private static TimeSpan Exponential(Dice dice) => Length * -Math.Log(1 - dice.Unit());
}
