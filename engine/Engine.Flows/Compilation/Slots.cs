namespace Engine.Flows;

/// <summary>A variable of the run.</summary>
/// <param name="first">Where the flow names it first; null for the roots.</param>
internal sealed class Slot(int index, string name, Scalar? first)
{
    public int Index => index;

    public string Name => name;

    public Scalar? First => first;

    /// <summary>As generated code names it, in the class and in the proof.</summary>
    public string Identifier => $"s{index}";

    /// <summary>Its C# type; null while it is not known.</summary>
    public string? Type { get; set; }

    /// <summary>Whether it has its value from the start and is never set: a root, or what the flow's beginning brought.</summary>
    public bool IsGiven { get; set; }

    /// <summary>Whether it starts as null rather than unset.</summary>
    public bool StartsNull { get; set; }

    /// <summary>Whether a finding was given that explains why its type is not known.</summary>
    public bool IsBroken { get; set; }

    /// <summary>The values that are assigned to it where its type must be found out from them.</summary>
    public List<ValueNode> Values { get; } = [];
}

/// <summary>All variables of a flow: the roots, the declared ones, then the others in the order in which the flow sets them.</summary>
internal sealed class Slots
{
    public const string HooksRoot = "hooks";

    private System.Collections.Immutable.ImmutableArray<HookNode> hooks = [];
    private readonly Dictionary<string, Slot> byName = new(StringComparer.Ordinal);

    private Slots()
    {
    }

    public List<Slot> All { get; } = [];

    public static Slots Of(FlowDocument document, Library library, Forms forms, FindingList findings)
    {
        var slots = new Slots();
        slots.AddRoots();
        slots.AddSignals(document, library);
        foreach (var variable in document.Vars) slots.Declare(variable, library, findings);
        foreach (var step in Steps.All(document.Steps))
        {
            foreach (var assigned in Steps.Assigns(step)) slots.Assign(assigned, library, forms, findings);
            if (step is not StepNode.Broken broken) continue;
            foreach (var name in broken.Names) slots.Add(name, null).IsBroken = true;
        }

        return slots;
    }

    /// <summary>Variables whose types are known, all unset.</summary>
    public static Slots Of(IEnumerable<(string Name, string Type)> variables)
    {
        var slots = new Slots();
        foreach (var (name, type) in variables) slots.Add(name, null).Type = type;
        return slots;
    }

    public Slot? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>The variable's slot; a name that was refused has one too.</summary>
    public Slot Get(Scalar name) => byName[name.Value];

    private void AddRoots()
    {
        Add("input", null).Type = "global::Generated.Input";
        Add("connection", null).Type = "global::Generated.Connection?";
        Add("leftover", null).Type = "global::Generated.Leftover?";
        Add("failure", null).Type = "global::Engine.Sdk.Failure?";
        Add("run", null).Type = "global::Engine.Flows.RunRoot";
        Add("now", null).Type = "global::System.DateTimeOffset";
        foreach (var root in All) root.IsGiven = true;
    }

    /// <summary>The root <c>hooks</c> where the flow has any, and what a flow that a hook begins was begun with.</summary>
    private void AddSignals(FlowDocument document, Library library)
    {
        hooks = document.Hooks;
        if (!hooks.IsEmpty)
        {
            var root = Add(HooksRoot, null);
            (root.Type, root.IsGiven) = ($"global::{GeneratedTypes.Namespace}.{FlowTypes.Hooks}", true);
        }

        if (document.StartsOn is not { } begin) return;
        var slot = Add(begin.As.Value, begin.As);
        slot.Type = HookTypes.FindPayload(begin.Hook, library) is { } payload ? TypeNames.Code(payload) : null;
        (slot.IsGiven, slot.IsBroken) = (true, slot.Type is null);
    }

    private void Declare(VarNode variable, Library library, FindingList findings)
    {
        var slot = Add(variable.Name.Value, variable.Name);
        slot.Type = VariableTypes.Find(variable.Type, library, findings);
        slot.IsBroken = slot.Type is null;
        slot.StartsNull = variable.Type.IsNullable;
    }

    private void Assign(Assigned assigned, Library library, Forms forms, FindingList findings)
    {
        var name = assigned.Name;
        var slot = Find(name.Value) ?? Add(name.Value, name);
        if (slot.IsGiven)
        {
            findings.Error(FindingCodes.ReservedName, name.Place, $"'{name}' is always there and cannot be set");
            return;
        }

        switch (assigned)
        {
            case Assigned.Value value:
                slot.Values.Add(value.Node);
                break;
            case Assigned.Answer answer when OperationTypes.FindOutput(answer.Operation, library) is { } output:
                Give(slot, name, TypeNames.Code(output), findings);
                break;
            case Assigned.Return back when OperationTypes.FindReturn(back.Page, library) is { } returned:
                Give(slot, name, TypeNames.Code(returned), findings);
                break;
            case Assigned.Payload signal
                when hooks.FirstOrDefault(hook => hook.Name.Value == signal.Hook.Value) is { } hook
                && HookTypes.FindPayload(hook.Hook, library) is { } payload:
                Give(slot, name, TypeNames.Code(payload), findings);
                break;
            case Assigned.Answer or Assigned.Return or Assigned.Payload:
                slot.IsBroken |= slot.Type is null;
                break;
            case Assigned.Form form:
                Give(slot, name, $"global::{GeneratedTypes.Namespace}.{forms.NameOf(form.Prompt)}", findings);
                break;
        }
    }

    private static void Give(Slot slot, Scalar name, string type, FindingList findings)
    {
        slot.Type ??= type;
        if (slot.Type.TrimEnd('?') == type) return;
        findings.Error(FindingCodes.OneNameTwoTypes, name.Place,
            $"'{name}' already names a value of another type ({Where(slot)}); one name has one type, so give this one another name");
    }

    private static string Where(Slot slot) => slot.First is { } first ? $"line {first.Place.Line}" : "it is always there";

    private Slot Add(string name, Scalar? first)
    {
        if (Find(name) is { } known) return known;
        var slot = new Slot(All.Count, name, first);
        All.Add(slot);
        byName[name] = slot;
        return slot;
    }
}
