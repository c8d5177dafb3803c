using System.Collections.Immutable;
using Engine.Sdk;

namespace Engine.Flows;

public sealed partial class FlowTestReader
{
    private static readonly string[] CommonFailures = [.. EndCodes.OfAnyCall, Failures.InDoubt];

    /// <summary>A map with one of these says how to answer; any other map is the answer.</summary>
    private static readonly string[] AnswerVerbs = ["answer", "fail", "silence"];

    private ImmutableArray<ProviderScript> ReadProvider(YamlEntry entry, bool isDefault)
    {
        var scripts = ImmutableArray.CreateBuilder<ProviderScript>();
        var called = flow.Called.ToList();
        foreach (var operation in ReadKeys(entry)?.All ?? [])
        {
            if (FindCalled(operation.Key, called) is not { } site) continue;
            var isByTime = operation.Value is YamlNode.Map;
            var answers = isByTime ? ReadByTime(operation, site) : ReadInOrder(operation, site);
            scripts.Add(new ProviderScript(operation.Key.Place, site.Provider, site.Operation, isByTime, isDefault, answers));
        }

        return scripts.ToImmutable();
    }

    private CallSite? FindCalled(Scalar name, IReadOnlyCollection<(string Name, CallSite Site)> called)
    {
        if (called.FirstOrDefault(one => one.Name == name.Value).Site is { } site) return site;
        var hint = Nearest.DidYouMean(name.Value, called.Select(one => one.Name));
        if (hint.Length == 0) hint = $"; it calls {string.Join(", ", called.Select(one => one.Name))}";
        findings.Error(FindingCodes.OperationNotCalled, name.Place, $"the flow does not call {Characters.Quote(name.Value)}{hint}");
        return null;
    }

    private ImmutableArray<ScriptedAnswer> ReadInOrder(YamlEntry operation, CallSite site)
    {
        var answers = ImmutableArray.CreateBuilder<ScriptedAnswer>();
        foreach (var item in ReadList(operation))
        {
            if (answers is [.., { Times: null }])
            {
                findings.Error(FindingCodes.AnswerAfterLast, item.Place, "the answer before this one is given without end; write how many times it is");
            }

            if (ReadAnswer(item, site, default, isByTime: false) is { } answer) answers.Add(answer);
        }

        return answers.ToImmutable();
    }

    /// <summary>What is said from a moment on; in the order of the moments.</summary>
    private ImmutableArray<ScriptedAnswer> ReadByTime(YamlEntry operation, CallSite site)
    {
        var answers = ImmutableArray.CreateBuilder<ScriptedAnswer>();
        foreach (var entry in ReadKeys(operation)?.All ?? [])
        {
            if (ReadDuration(entry.Key, entry.Key.Value) is { } from && ReadAnswer(entry.Value, site, from, isByTime: true) is { } answer) answers.Add(answer);
        }

        return [.. answers.OrderBy(answer => answer.From)];
    }

    private ScriptedAnswer? ReadAnswer(YamlNode node, CallSite site, TimeSpan from, bool isByTime)
    {
        int? times = isByTime ? null : 1;
        if (node is YamlNode.Value { Scalar: { Value: "silence" } }) return new ScriptedAnswer(node.Place, new AnswerContent.Silence(), from, times, default, null);
        if (node is not YamlNode.Map map || map.Entries.All(entry => !AnswerVerbs.Contains(entry.Key.Value)))
        {
            return ReadValue(node, site) is { } plain ? new ScriptedAnswer(node.Place, plain, from, times, default, null) : null;
        }

        var keys = new Keys(map, "an answer", node.Place, findings);
        if (ReadContent(keys, site) is not { } content) return null;
        var takes = keys.Find("takes") is { } span ? ReadDuration(span) ?? default : default;
        var crash = keys.Find("crash") is { } point ? ReadCrash(point) : null;
        if (keys.Find("times") is { } count)
        {
            if (isByTime) findings.Error(FindingCodes.ActKeysDoNotFit, count.Key.Place, "'times' has no sense where the moment chooses the answer");
            else times = count.Value is YamlNode.Value { Scalar.Value: "any" } ? null : ReadCount(count, 1) ?? 1;
        }

        return new ScriptedAnswer(node.Place, content, from, times, takes, crash);
    }

    private AnswerContent? ReadContent(Keys keys, CallSite site)
    {
        if (keys.Find("answer") is { } answer)
        {
            keys.RefuseOthers("answer", "times", "takes", "crash");
            return ReadValue(answer.Value, site);
        }

        if (keys.Find("silence") is { } silence)
        {
            keys.RefuseOthers("silence", "times", "crash");
            return ReadWord(silence, "true") is null ? null : new AnswerContent.Silence();
        }

        keys.RefuseOthers("fail", "retry_after", "in_doubt", "times", "takes", "crash");
        return keys.Require("fail") is { } fail && ReadScalar(fail) is { } code ? ReadFailure(keys, code, site) : null;
    }

    private AnswerContent.Value? ReadValue(YamlNode node, CallSite site) =>
        values.ReadRecord(node, flow.Loaded.FindType(site.OutputType), $"the answer of '{site.Provider}.{site.Operation}'") is { } record
            ? new AnswerContent.Value(record)
            : null;

    private AnswerContent.Failed? ReadFailure(Keys keys, Scalar code, CallSite site)
    {
        var declared = flow.FindOperation(site)?.Failures ?? [];
        var known = declared.Select(failure => failure.Code).Concat(CommonFailures).ToList();
        if (!known.Contains(code.Value))
        {
            var hint = Nearest.DidYouMean(code.Value, known);
            if (hint.Length == 0) hint = $"; it can fail with {string.Join(", ", known)}";
            findings.Error(FindingCodes.UnknownFailure, code.Place, $"'{site.Provider}.{site.Operation}' does not fail with {Characters.Quote(code.Value)}{hint}");
            return null;
        }

        // Whether a call happened is in doubt where no answer came, unless the test says otherwise.
        var isInDoubt = keys.Find("in_doubt") is { } doubt
            ? ReadWord(doubt, "true", "false")?.Value == "true"
            : code.Value is Failures.ProviderTimeout or Failures.InDoubt;
        var failure = new Failure(
            code.Value, "the test says so", keys.Find("retry_after") is { } after ? ReadDuration(after) : null, isInDoubt);
        return new AnswerContent.Failed(failure, declared.FirstOrDefault(one => one.Code == code.Value)?.When);
    }
}
