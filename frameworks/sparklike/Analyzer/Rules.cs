using Microsoft.CodeAnalysis;

namespace Agora.Spark.Analyzer;

/// <summary>What is likely wrong in functions that go to executors.</summary>
internal static class Rules
{
    private const string Category = "Agora.Spark";

    public static readonly DiagnosticDescriptor WholeObject = new(
        "AGORA001", "A function takes its whole object along",
        "'{0}' takes the whole {1} along to executors; copy it to a local variable first",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor Write = new(
        "AGORA002", "A function writes to a captured variable",
        "executors change copies of '{0}' of their own, and the program sees nothing of it; use an accumulator, or return the value",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor Static = new(
        "AGORA003", "A function reads a writable static",
        "'{0}' is static and not sent: executors see the value it is initialized with; copy it to a local variable first, or make it readonly",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor Unshippable = new(
        "AGORA004", "A function captures what cannot be shipped",
        "'{0}' is a {1}, which cannot be sent to executors; make it where it is used: inside of MapPartitions, or in a static readonly field",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor Dataset = new(
        "AGORA005", "A function uses a dataset",
        "'{0}' is a dataset, which tasks cannot use; Collect or Broadcast it before, or Join the two",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true);
}
