using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Engine.Flows;

/// <summary>
/// Looks through what an expression means after binding and refuses everything that is not named here. It is the last of three
/// layers: the closed character set and syntax come before it, and the small platform that holds nothing else to be called.
/// </summary>
internal sealed class Guard(Library library, IAssemblySymbol own)
{
    /// <summary>The parts of an expression that are not allowed.</summary>
    public IEnumerable<SyntaxNode> Violations(SemanticModel model, ExpressionSyntax expression)
    {
        // C# has no operation for brackets.
        while (expression is ParenthesizedExpressionSyntax brackets) expression = brackets.Expression;
        if (model.GetOperation(expression) is not { } root)
        {
            yield return expression;
            yield break;
        }

        var open = new Stack<IOperation>([root]);
        while (open.TryPop(out var operation))
        {
            if (!IsAllowed(operation) || (operation.Type is { } type && !IsAllowed(type))) yield return operation.Syntax;
            foreach (var child in operation.ChildOperations) open.Push(child);
        }
    }

    private bool IsAllowed(IOperation operation) => operation switch
    {
        ILiteralOperation or IConditionalOperation or ICoalesceOperation or IConditionalAccessOperation
            or IConditionalAccessInstanceOperation or IParenthesizedOperation or IIsPatternOperation or IConstantPatternOperation
            or IRelationalPatternOperation or INegatedPatternOperation or IBinaryPatternOperation or IDiscardPatternOperation
            or IPropertySubpatternOperation or ISwitchExpressionOperation or IAnonymousFunctionOperation => true,
        IRecursivePatternOperation pattern => pattern is { DeconstructSymbol: null, DeclaredSymbol: null },
        ISwitchExpressionArmOperation arm => arm.Guard is null,
        IUnaryOperation unary => IsAllowedOperator(unary.OperatorMethod),
        IBinaryOperation binary => IsAllowedOperator(binary.OperatorMethod) && !IsTextAdded(binary),
        IConversionOperation conversion => conversion.IsImplicit && IsAllowed(conversion.GetConversion()) && IsAllowedOperator(conversion.OperatorMethod),
        IFieldReferenceOperation field => IsAllowed(field.Field),
        IPropertyReferenceOperation property => IsAllowed(property.Property),
        IParameterReferenceOperation parameter => parameter.Parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.LambdaMethod },
        IInstanceReferenceOperation instance => instance.IsImplicit || instance.ReferenceKind == InstanceReferenceKind.PatternInput,
        IInvocationOperation call => Library.Is((call.TargetMethod.ReducedFrom ?? call.TargetMethod).ContainingType, library.Functions),
        IArgumentOperation argument => argument.Parameter?.RefKind is null or RefKind.None,
        IDelegateCreationOperation made => made is { IsImplicit: true, Target: IAnonymousFunctionOperation, Parent: IArgumentOperation },
        IBlockOperation or IReturnOperation => operation.IsImplicit,
        _ => false,
    };

    private static bool IsAllowed(Conversion conversion) =>
        conversion is { IsDynamic: false, IsMethodGroup: false, IsPointer: false, IsIntPtr: false, IsStackAlloc: false, IsInlineArray: false,
            IsObjectCreation: false, IsCollectionExpression: false, IsInterpolatedStringHandler: false, IsSpan: false };

    private bool IsAllowedOperator(IMethodSymbol? method) =>
        method is null || method.ContainingType.ContainingAssembly.Name == "System.Runtime" || IsRecordEquality(method);

    private bool IsRecordEquality(IMethodSymbol method) => method.ContainingType.IsRecord && IsReadable(method.ContainingType);

    private static bool IsTextAdded(IBinaryOperation binary) =>
        binary.OperatorKind == BinaryOperatorKind.Add && binary.Type?.SpecialType is SpecialType.System_String or SpecialType.System_Object;

    private bool IsAllowed(IFieldSymbol field) =>
        field.ContainingType.TypeKind == TypeKind.Enum
            ? IsAllowed(field.ContainingType)
            : Library.Is(field.ContainingAssembly, own) && !field.IsStatic;

    private bool IsAllowed(IPropertySymbol property) =>
        property is { IsStatic: false, Name: not "EqualityContract" }
        && (IsReadable(property.ContainingType) || property.ContainingAssembly.Name == "System.Runtime");

    private bool IsAllowed(ITypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Delegate } => type.Name == "Func" && type.ContainingAssembly.Name == "System.Runtime",
        ITypeParameterSymbol => false,
        { SpecialType: SpecialType.System_Object } => false,
        INamedTypeSymbol { TypeArguments.Length: > 0 } named =>
            named.ContainingAssembly.Name == "System.Runtime" && named.TypeArguments.All(IsAllowed),
        INamedTypeSymbol named => named.ContainingAssembly?.Name == "System.Runtime" || library.IsSensitive(named) || IsReadable(named)
            || Library.Is(named.ContainingAssembly, own),
        _ => false,
    };

    private bool IsReadable(INamedTypeSymbol type) =>
        Library.Is(type, library.Failure) || Library.Is(type, library.RunRoot) || Library.Is(type, library.HookRoot) || Library.Is(type.ContainingAssembly, own)
        || library.Providers.Exists(used => Library.Is(used.Assembly, type.ContainingAssembly));
}
