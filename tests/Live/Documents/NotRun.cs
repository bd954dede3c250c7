namespace Agora.Tests.Live.Documents;

/// <summary>Commands of documents that no test can run, by their beginning, each with the reason.</summary>
internal static class NotRun
{
    private const string Long = "takes minutes and the whole machine", Others = "needs other machines", Itself = "would run this test";

    private static readonly (string Document, string Beginning, string Reason)[] s_all =
    [
        ("README.md", "./run", Long),
        ("README.md", "./test", Itself),
        ("docs/experiments.md", "agora bench all", Long),
        ("docs/live-experiments.md", "agora bench", Long),
        ("docs/operations.md", "agora master --port 5050", Others),
        ("docs/operations.md", "agora agent --master etcd://", Others),
        ("docs/operations.md", "export AGORA_MASTER=", Others),
        ("docs/operations.md", "agora up --masters 3 --keep --networks", "only root may"),
        ("docs/security.md", "agora master --bind", Others),
        ("docs/security.md", "agora agent --master", Others),
        ("docs/security.md", "export AGORA_CREDENTIAL=", Others),
        ("docs/torque.md", "agora-torque-server --master", Others),
        ("core/simulation/README.md", "bin/agora simulate --seeds 1000", Long),
        ("tests/README.md", "./test", Itself),
    ];

    public static bool Has(string document, Step step) =>
        s_all.Any(n => n.Document == document && step.Command.StartsWith(n.Beginning, StringComparison.Ordinal));

    /// <summary>Those that no command of the document begins with any more.</summary>
    public static IEnumerable<string> Stale(string document, IReadOnlyList<Step> steps) => s_all
        .Where(n => n.Document == document && !steps.Any(s => s.Command.StartsWith(n.Beginning, StringComparison.Ordinal)))
        .Select(n => $"{document} has no '{n.Beginning}' any more");
}
