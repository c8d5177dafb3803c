using System.Text;

namespace Engine.Flows;

/// <summary>What expressions may speak of: the variables of one scope, and the types generated for it.</summary>
internal abstract class ScopeTypes
{
    public abstract Library Library { get; }

    public abstract Slots Slots { get; }

    /// <summary>The namespace of the generated types, the scope among them.</summary>
    public abstract string Namespace { get; }

    /// <summary>The generated types; members whose type is not known are left out.</summary>
    public abstract void WriteTypes(StringBuilder code);

    /// <summary>The fields of the scope; a variable whose type is not known is left out.</summary>
    public void WriteFields(StringBuilder code)
    {
        foreach (var slot in Slots.All.Where(slot => slot.Type is not null))
        {
            code.Append($"    public {slot.Type} {slot.Identifier};\n");
        }
    }
}
