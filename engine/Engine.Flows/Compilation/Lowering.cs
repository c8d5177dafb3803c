using System.Collections.Immutable;
using Engine.Sdk;

namespace Engine.Flows;

/// <summary>Turns the nested steps of a flow into its flat program, and numbers its expressions on the way.</summary>
internal sealed partial class Lowering(FlowTypes types, Binder binder)
{
    private readonly List<CompiledStep?> program = [];
    private readonly Dictionary<int, StepNode.Prompt> prompts = [];
    private readonly HashSet<string> stepNames = new(StringComparer.Ordinal);

    public ScopeParts Parts { get; } = new();

    public List<CallSite> Calls { get; } = [];

    public ImmutableArray<CompiledStep> Program => [.. program.OfType<CompiledStep>()];

    public ImmutableArray<string> SlotNames => [.. types.Slots.All.Select(slot => slot.Name)];

    public int? FindSlot(string name) => types.Slots.Find(name)?.Index;

    public void Run(FlowDocument document)
    {
        // The first step of the flow gets number 0, since the numbers of a block are taken before anything within it.
        var last = document.Steps.Steps.LastOrDefault();
        var steps = document.Steps.Steps.Select(_ => Reserve()).ToList();
        var end = Reserve();
        Lower(document.Steps, steps, end);
        var line = last?.Verb.Place.Line ?? document.Steps.Place.Line;
        program[end] = new CompiledStep.Done(Unique("end", line), line);
        var reads = new Reads(document, types, binder);
        foreach (var (at, prompt) in prompts)
        {
            if (program[at] is CompiledStep.Prompt compiled) program[at] = compiled with { WipesForm = reads.IsForgotten(prompt) };
        }
    }

    /// <summary>Lowers a block and gives where it begins.</summary>
    /// <param name="next">Where it goes on.</param>
    private int Lower(Block? block, int next)
    {
        if (block is null || block.Steps.IsEmpty) return next;
        var steps = block.Steps.Select(_ => Reserve()).ToList();
        Lower(block, steps, next);
        return steps[0];
    }

    private void Lower(Block block, List<int> steps, int next)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            program[steps[i]] = Lower(block.Steps[i], steps[i], i + 1 < steps.Count ? steps[i + 1] : next);
        }
    }

    private CompiledStep Lower(StepNode step, int at, int next)
    {
        var line = step.Verb.Place.Line;
        switch (step)
        {
            case StepNode.Call call:
                return Call(call, next);
            case StepNode.Poll poll:
                return Poll(poll, at, next);
            case StepNode.Prompt prompt:
                return Prompt(prompt, at, next);
            case StepNode.Redirect redirect:
                return Redirect(redirect, next);
            case StepNode.Await wait:
                return Await(wait, next);
            case StepNode.Branch branch:
                return new CompiledStep.Branch(
                    NameOf(step), line, Parts.Choice(binder.Branch(branch), branch.Subject.Scalar.Place),
                    [.. branch.Cases.Select(one => Lower(one.Steps, next))], branch.Else is null ? null : Lower(branch.Else, next));
            case StepNode.If choice:
                return new CompiledStep.If(
                    NameOf(step), line, Condition(choice.Condition), Lower(choice.Then, next), Lower(choice.Else, next));
            case StepNode.Require require:
                var otherwise = require.Else is null
                    ? Add(new CompiledStep.Fail(Unique("fail", line), line, Failures.ProviderChanged))
                    : Lower(require.Else, next);
                return new CompiledStep.If(NameOf(step), line, Condition(require.Condition), next, otherwise);
            case StepNode.Repeat repeat:
                return Repeat(repeat, next);
            case StepNode.Set set:
                return new CompiledStep.Set(NameOf(step), line, [.. set.Values.Select(Assign)], next);
            case StepNode.Wait wait:
                return new CompiledStep.Wait(NameOf(step), line, wait.For.Value, next);
            case StepNode.Connect connect:
                return Connect(connect, next);
            case StepNode.Fail fail:
                return new CompiledStep.Fail(NameOf(step), line, fail.Code.Value);
            default:
                return new CompiledStep.Done(NameOf(step), line);
        }
    }

    private CompiledStep.StartOfRepeat Repeat(StepNode.Repeat repeat, int next)
    {
        var line = repeat.Verb.Place.Line;
        var end = Reserve();
        var body = Lower(repeat.Body, end);
        program[end] = new CompiledStep.EndOfRepeat(
            Unique("end_of_repeat", line), repeat.Condition.Scalar.Place.Line,
            Parts.Condition(binder.Condition(repeat.Condition), repeat.Condition.Scalar.Place, repeat.IsUntil),
            repeat.Max.Value, body, Lower(repeat.OnGiveUp, next), next);
        return new CompiledStep.StartOfRepeat(NameOf(repeat), line, end, body);
    }

    private Assignment Assign(NamedValue value)
    {
        var slot = types.Slots.Get(value.Name);
        var bound = binder.Model.TypeOf(slot) is { } type
            ? binder.Value(value.Value, type, $"'{slot.Name}' is {TypeNames.Words(type)}")
            : binder.Any(value.Value);
        return new Assignment(slot.Index, Parts.Value(bound, value.Value.Scalar.Place));
    }

    private int Condition(ValueNode.Expression node) => Parts.Condition(binder.Condition(node), node.Scalar.Place);

    private int? Slot(Scalar? name) => name is null ? null : types.Slots.Get(name).Index;

    private int Reserve()
    {
        program.Add(null);
        return program.Count - 1;
    }

    private int Add(CompiledStep step)
    {
        program.Add(step);
        return program.Count - 1;
    }

    private string NameOf(StepNode step)
    {
        var line = step.Verb.Place.Line;
        var name = Steps.Assigns(step).FirstOrDefault(assigned => assigned is not Assigned.Value)?.Name.Value;
        if (name is null) return Unique(step.Verb.Value, line);
        return stepNames.Add(name) ? name : Unique(name, line);
    }

    private string Unique(string word, int line)
    {
        var name = $"{word}_{line}";
        for (var i = 2; !stepNames.Add(name); i++) name = $"{word}_{line}_{i}";
        return name;
    }
}
