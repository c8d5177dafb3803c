using System.Globalization;

namespace Engine.Flows;

/// <summary>
/// Writes a method in the shape of the flow, which is never run: the C# compiler's own flow analysis over it proves that each result
/// is set, and nothing null is used, on every path. What the flow cannot decide, such as whether a call fails, is left open.
/// </summary>
internal sealed partial class ProofWriter
{
    private readonly SourceWriter code = new();
    private readonly FlowTypes types;
    private readonly Binder binder;
    private int labels;

    private readonly IReadOnlySet<(Scalar, int)> excused;

    private ProofWriter(FlowTypes types, Binder binder, IReadOnlySet<(Scalar, int)> excused)
    {
        this.types = types;
        this.binder = binder;
        this.excused = excused;
    }

    /// <param name="excused">Names, by their places, that are known to be read before they are set: they are taken to be set there.</param>
    public static SourceWriter Write(FlowDocument document, FlowTypes types, Binder binder, IReadOnlySet<(Scalar, int)> excused)
    {
        var writer = new ProofWriter(types, binder, excused);
        writer.WriteHead();
        writer.WriteBlock(document.Steps);
        writer.code.Write("} }\n");
        return writer.code;
    }

    private void WriteHead()
    {
        code.Write("""
            #nullable enable
            using Engine.Flows.Expressions;
            namespace Generated;
            static class Proof {
            static bool Open() => throw null!;
            static int Which() => throw null!;
            static T Make<T>() => throw null!;
            static void Take<T>(T value) { }
            static void Use<T>(T value) { }
            static void Run(
            """);
        var roots = types.Slots.All.Where(slot => slot is { IsGiven: true, Type: not null });
        code.Write(string.Join(", ", roots.Select(slot => $"{slot.Type} {slot.Identifier}"))).Write(") {\n");
        foreach (var slot in types.Slots.All.Where(slot => slot is { IsGiven: false, Type: not null }))
        {
            code.Write($"{slot.Type} {slot.Identifier}{(slot.StartsNull ? " = default" : "")};\n");
        }
    }

    private void WriteBlock(Block? block)
    {
        foreach (var step in block?.Steps ?? [])
        {
            code.Write("{\n");
            WriteStep(step);
            code.Write("}\n");
        }
    }

    private void WriteStep(StepNode step)
    {
        switch (step)
        {
            case StepNode.Call call:
                WriteCall(call);
                break;
            case StepNode.Poll poll:
                WritePoll(poll);
                break;
            case StepNode.Prompt prompt:
                WritePrompt(prompt);
                break;
            case StepNode.Redirect redirect:
                WriteRedirect(redirect);
                break;
            case StepNode.Await wait:
                WriteAwait(wait);
                break;
            case StepNode.Branch branch:
                WriteBranch(branch);
                break;
            case StepNode.If choice:
                WriteIf(choice.Condition, choice.Then, choice.Else);
                break;
            case StepNode.Require require:
                WriteIf(require.Condition, null, require.Else, isRequired: true);
                break;
            case StepNode.Repeat repeat:
                WriteRepeat(repeat);
                break;
            case StepNode.Set set:
                foreach (var value in set.Values) WriteSet(value);
                break;
            case StepNode.Connect connect:
                WriteConnect(connect);
                break;
            case StepNode.Fail or StepNode.Done:
                code.Write("return;\n");
                break;
            case StepNode.Broken broken:
                foreach (var name in broken.Names) WriteAssignment(types.Slots.Find(name));
                break;
        }
    }

    private void WriteBranch(StepNode.Branch branch)
    {
        var bound = binder.Branch(branch);
        if (bound.Subject is { } subject) WriteTake(subject);
        code.Write("switch (Which()) {\n");
        for (var i = 0; i < branch.Cases.Length; i++)
        {
            code.Write(string.Create(CultureInfo.InvariantCulture, $"case {i}: {{\n"));
            WriteBlock(branch.Cases[i].Steps);
            code.Write("break; }\n");
        }

        code.Write("default: {\n");
        WriteBlock(branch.Else);
        code.Write(branch.Else is null ? "return; }\n}\n" : "break; }\n}\n");
    }

    private void WriteIf(ValueNode.Expression condition, Block? then, Block? otherwise, bool isRequired = false)
    {
        code.Write("if ");
        WriteCondition(condition);
        code.Write(" {\n");
        WriteBlock(then);
        code.Write("} else {\n");
        WriteBlock(otherwise);
        code.Write(isRequired && otherwise is null ? "return; }\n" : "}\n");
    }

    private void WriteRepeat(StepNode.Repeat repeat)
    {
        var after = NewLabel();
        code.Write("while (true) {\n");
        WriteBlock(repeat.Body);
        code.Write(repeat.IsUntil ? "if " : "if (!");
        WriteCondition(repeat.Condition);
        code.Write(repeat.IsUntil ? " break;\n" : ") break;\n");
        WriteDetour(repeat.OnGiveUp, after);
        code.Write("}\n");
        WriteLabel(after);
    }

    private void WriteConnect(StepNode.Connect connect)
    {
        if (connect.Identity is IdentityNode.Key key) WriteTake(binder.Key(key.Value));
        if (connect.Identity.Label is { } label) WriteTake(binder.Label(label));
        foreach (var value in binder.Generated(FlowTypes.Params, connect.Params).Values) WriteTake(value);
        foreach (var value in binder.Credentials(connect)?.Values ?? []) WriteTake(value);
    }

    private void WriteSet(NamedValue value)
    {
        var slot = types.Slots.Get(value.Name);
        if (binder.Model.TypeOf(slot) is not { } type) return;
        var bound = binder.Value(value.Value, type, "");
        if (bound is not Bound.Computed computed)
        {
            WriteTake(bound);
            WriteAssignment(slot);
            return;
        }

        code.Write($"{slot.Identifier} = ");
        WriteValue(computed);
        code.Write(";\n");
    }

    /// <summary>Something may take the flow elsewhere here: the steps of the block, then on after the step.</summary>
    private void WriteDetour(Block? block, string after)
    {
        if (block is null) return;
        code.Write("if (Open()) {\n");
        WriteBlock(block);
        code.Write($"goto {after}; }}\n");
    }

    private void WriteCondition(ValueNode.Expression node)
    {
        if (binder.Condition(node) is Bound.Computed computed) WriteValue(computed);
        else code.Write("(Open())");
    }

    /// <summary>Reads a value in a place where it must be set and, unless null is wanted, there.</summary>
    private void WriteTake(Bound value)
    {
        switch (value)
        {
            case Bound.Computed computed:
                code.Write(computed.Target.Length == 0 ? "Use(" : $"Take<{computed.Target}>(");
                WriteValue(computed);
                code.Write(");\n");
                break;
            case Bound.Text text:
                foreach (var hole in text.Pieces.Select(piece => piece.Hole).OfType<Bound.Computed>()) WriteTake(hole);
                break;
        }
    }

    private void WriteValue(Bound.Computed computed)
    {
        code.Write("(");
        var source = computed.Translation.Source;
        foreach (var piece in computed.Translation.Pieces)
        {
            if (excused.Contains((source.Scalar, source.Start + piece.Start))
                && types.Slots.All.Find(slot => slot.Identifier == piece.Code) is { } slot)
            {
                code.Write($"Make<{slot.Type}>()");
            }
            else
            {
                code.Write(piece, source);
            }
        }

        code.Write(computed.Unwraps ? ").Value" : ")");
    }

    private void WriteAssignment(Slot? slot)
    {
        if (slot?.Type is { } type) code.Write($"{slot.Identifier} = Make<{type}>();\n");
    }

    /// <summary>An answer, or a form: never null, also where the variable may be.</summary>
    private void WriteAssignment(Scalar? name)
    {
        if (name is not null && types.Slots.Get(name) is { Type: { } type } slot) code.Write($"{slot.Identifier} = Make<{type.TrimEnd('?')}>();\n");
    }

    private string NewLabel() => string.Create(CultureInfo.InvariantCulture, $"L{labels++}");

    private void WriteLabel(string label) => code.Write(label).Write(": ;\n");
}
