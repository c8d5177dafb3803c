using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Engine.Flows;

internal sealed partial class Binder
{
    public BoundBranch Branch(StepNode.Branch node) => Once(node, () => BindBranch(node));

    private BoundBranch BindBranch(StepNode.Branch node)
    {
        var nothing = new BoundBranch(null, [.. node.Cases.Select(_ => ImmutableArray<BoundCase>.Empty)], null);
        if (Translate(node.Subject) is not { } translation) return nothing;
        if (translation.Type is not { } declared) return nothing;
        var type = Library.Underlying(declared);
        if (!IsBranchable(type))
        {
            Refuse(FindingCodes.TypeMismatch, translation, $"a branch is over a status, a text, a number or a boolean, and this is {Words(type)}");
            return nothing;
        }

        var subject = new Bound.Computed(translation, TypeNames.Code(type), Library.IsNullableValue(declared), IsNullWanted: false);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return new BoundBranch(
            subject, [.. node.Cases.Select(one => Cases(one, type, seen))], type.TypeKind == TypeKind.Enum ? (INamedTypeSymbol)type : null);
    }

    private ImmutableArray<BoundCase> Cases(CaseNode node, ITypeSymbol type, HashSet<string> seen)
    {
        var cases = ImmutableArray.CreateBuilder<BoundCase>();
        foreach (var name in node.Names)
        {
            var member = type is INamedTypeSymbol { TypeKind: TypeKind.Enum } choice ? Translator.FindMember(choice, name.Value) : null;
            if (Literals.CodeOf(name.Value, type, Library, out _) is not { } code)
            {
                RefuseCase(name, type);
            }
            else if (!seen.Add(code))
            {
                findings.Error(FindingCodes.NamedTwice, name.Place, $"there is a case for '{name}' already");
            }
            else
            {
                cases.Add(new BoundCase(name, code, member));
            }
        }

        return cases.ToImmutable();
    }

    private void RefuseCase(Word name, ITypeSymbol type)
    {
        var known = type is INamedTypeSymbol { TypeKind: TypeKind.Enum } choice ? Translator.MembersOf(choice).ToList() : [];
        var near = Nearest.DidYouMean(name.Value, known);
        var possible = known.Count == 0 ? $"the subject is {Words(type)}" : $"it has {string.Join(", ", known)}";
        findings.Error(FindingCodes.UnknownMemberOfEnum, name.Place,
            $"'{TypeNames.Words(type)}' has no value '{name}'{(near.Length > 0 ? near : $"; {possible}")}");
    }

    private static bool IsBranchable(ITypeSymbol type) =>
        type.TypeKind == TypeKind.Enum || type.SpecialType is SpecialType.System_String or SpecialType.System_Int32 or SpecialType.System_Boolean;
}
