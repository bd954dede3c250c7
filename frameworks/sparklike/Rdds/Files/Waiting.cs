namespace Agora.Spark;

internal static class Waiting
{
    /// <summary>Waits for what stores do; off this thread's context, so that a user's own cannot stop it.</summary>
    public static T For<T>(Func<Task<T>> start) => Task.Run(start).GetAwaiter().GetResult();

    public static void For(Func<Task> start) => Task.Run(start).GetAwaiter().GetResult();
}
