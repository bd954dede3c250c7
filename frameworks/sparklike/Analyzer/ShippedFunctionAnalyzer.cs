using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Agora.Spark.Analyzer;

/// <summary>Warns of functions passed to datasets that will not do on executors what their author means.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ShippedFunctionAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Rules.WholeObject, Rules.Write, Rules.Static, Rules.Unshippable, Rules.Dataset];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (KnownTypes.In(start.Compilation) is { } types)
                start.RegisterOperationAction(c => Analyze(c, types), OperationKind.Invocation);
        });
    }

    private static void Analyze(OperationAnalysisContext context, KnownTypes types)
    {
        var invocation = (IInvocationOperation)context.Operation;
        if (!types.Ships(invocation.TargetMethod))
            return;
        foreach (var argument in invocation.Arguments)
        {
            var value = argument.Value;
            while (value is IConversionOperation conversion)
                value = conversion.Operand;
            if (value is IDelegateCreationOperation { Target: IAnonymousFunctionOperation or IMethodReferenceOperation } function)
                new ShippedFunctionWalker(context, types).Visit(function.Target);
        }
    }
}
