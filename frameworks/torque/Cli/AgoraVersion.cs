namespace Agora.Torque.Cli;

/// <summary>What <c>--version</c> says.</summary>
internal static class AgoraVersion
{
    public static string Text { get; } = typeof(AgoraVersion).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>Toil, canu and others look at the first word to learn which PBS this is.</summary>
    public static void Show(TextWriter to) => to.Write($"Version: {Text}\nCommit: agora\n");
}
