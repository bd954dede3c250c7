using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Agora.Spark.Analyzer;

/// <summary>Goes through a function that is shipped, and the local functions it calls, and reports each thing once.</summary>
internal sealed class ShippedFunctionWalker(OperationAnalysisContext context, KnownTypes types) : OperationWalker
{
    /// <summary>Functions that have been gone into: what these declare is not captured.</summary>
    private readonly HashSet<ISymbol> _inside = new(SymbolEqualityComparer.Default);
    private readonly HashSet<(string Rule, string Name)> _reported = [];

    public override void VisitAnonymousFunction(IAnonymousFunctionOperation operation)
    {
        _inside.Add(operation.Symbol);
        base.VisitAnonymousFunction(operation);
    }

    public override void VisitLocalFunction(ILocalFunctionOperation operation)
    {
        if (_inside.Add(operation.Symbol))
            base.VisitLocalFunction(operation);
    }

    public override void VisitNameOf(INameOfOperation operation)
    {
        // Nothing in it is used.
    }

    public override void VisitInvocation(IInvocationOperation operation)
    {
        Follow(operation.TargetMethod);
        base.VisitInvocation(operation);
    }

    public override void VisitMethodReference(IMethodReferenceOperation operation)
    {
        Follow(operation.Method);
        if (operation.Method.MethodKind != MethodKind.LocalFunction)
            base.VisitMethodReference(operation);
    }

    public override void VisitInstanceReference(IInstanceReferenceOperation operation)
    {
        if (operation.ReferenceKind != InstanceReferenceKind.ContainingTypeInstance || operation.Type is INamedTypeSymbol { IsScriptClass: true })
            return;
        var user = operation.Parent switch
        {
            IMemberReferenceOperation reference when reference.Instance == operation => reference.Member.Name,
            IInvocationOperation call when call.Instance == operation => call.TargetMethod.Name,
            _ => null,
        };
        Report(Rules.WholeObject, user is null ? operation : operation.Parent!, user ?? "this", operation.Type?.Name ?? "object");
    }

    public override void VisitLocalReference(ILocalReferenceOperation operation)
    {
        if (!operation.Local.IsConst && !_inside.Contains(operation.Local.ContainingSymbol))
            Captured(operation, operation.Local);
    }

    public override void VisitParameterReference(IParameterReferenceOperation operation)
    {
        var parameter = operation.Parameter;
        if (_inside.Contains(parameter.ContainingSymbol))
            return;
        // A primary constructor's is a field where methods use it.
        if (parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor &&
            context.ContainingSymbol is IMethodSymbol { MethodKind: not MethodKind.Constructor })
            Report(Rules.WholeObject, operation, parameter.Name, constructor.ContainingType.Name);
        else
            Captured(operation, parameter);
    }

    public override void VisitFieldReference(IFieldReferenceOperation operation)
    {
        if (operation.Field is { IsStatic: true, IsConst: false, IsReadOnly: false })
            Static(operation, operation.Field);
        Member(operation);
        base.VisitFieldReference(operation);
    }

    public override void VisitPropertyReference(IPropertyReferenceOperation operation)
    {
        var property = operation.Property;
        if (property is { IsStatic: true, SetMethod: not null } &&
            property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(f => SymbolEqualityComparer.Default.Equals(f.AssociatedSymbol, property)))
            Static(operation, property);
        Member(operation);
        base.VisitPropertyReference(operation);
    }

    /// <summary>A local function's code goes along with what calls it.</summary>
    private void Follow(IMethodSymbol method)
    {
        if (method.MethodKind != MethodKind.LocalFunction || _inside.Contains(method.OriginalDefinition))
            return;
        foreach (var reference in method.DeclaringSyntaxReferences)
            if (context.Operation.SemanticModel?.GetOperation(reference.GetSyntax(context.CancellationToken), context.CancellationToken) is { } declared)
                Visit(declared);
    }

    private void Captured(IOperation operation, ISymbol variable)
    {
        if (types.IsDataset(operation.Type))
            Report(Rules.Dataset, operation, variable.Name);
        else if (IsWritten(operation))
            Report(Rules.Write, operation, variable.Name);
        else if (types.IsUnshippable(operation.Type))
            Report(Rules.Unshippable, operation, variable.Name, operation.Type!.Name);
    }

    private void Static(IMemberReferenceOperation operation, ISymbol member)
    {
        // What a task sets is an executor's own, made where it is used.
        var isSet = operation.Parent is ISimpleAssignmentOperation or ICoalesceAssignmentOperation && ((IAssignmentOperation)operation.Parent).Target == operation;
        if (!isSet && types.IsUsers(member))
            Report(Rules.Static, operation, $"{member.ContainingType.Name}.{member.Name}");
    }

    private void Member(IMemberReferenceOperation operation)
    {
        if (types.IsDataset(operation.Type))
            Report(Rules.Dataset, operation, operation.Member.Name);
    }

    private static bool IsWritten(IOperation operation)
    {
        while (true)
        {
            switch (operation.Parent)
            {
                case IAssignmentOperation assignment:
                    return assignment.Target == operation;
                case IIncrementOrDecrementOperation:
                    return true;
                case IArgumentOperation argument:
                    return argument.Parameter?.RefKind is RefKind.Ref or RefKind.Out;
                case ITupleOperation or IFieldReferenceOperation { Instance.Type.IsValueType: true }:
                    operation = operation.Parent;
                    break;
                default:
                    return false;
            }
        }
    }

    private void Report(DiagnosticDescriptor rule, IOperation at, params string[] words)
    {
        if (_reported.Add((rule.Id, words[0])))
            context.ReportDiagnostic(Diagnostic.Create(rule, at.Syntax.GetLocation(), words));
    }
}
