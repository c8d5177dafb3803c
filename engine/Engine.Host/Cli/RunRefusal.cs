using System.Diagnostics;
using Engine.Flows;
using Engine.Runs;

namespace Engine.Host;

/// <summary>Says on a command line why a run was not started.</summary>
internal static class RunRefusal
{
    public static MisuseException Of(WishOutcome outcome, RunSwitches switches, IEnumerable<CompiledFlow> flows) => new(outcome switch
    {
        WishOutcome.NoSuchScenario no => $"the sandbox has no scenario '{no.Scenario}' for flow '{switches.Flow}'; "
            + $"it has {Listed(no.Known)}{Nearest.DidYouMean(no.Scenario, no.Known)}",
        WishOutcome.ScenarioNotOffered => $"the sandbox cannot play flow '{switches.Flow}': leave --scenario out",
        WishOutcome.ConnectionOutOfReach { Connection.World: null } => "the connection is at the real provider: leave --sandbox out",
        WishOutcome.ConnectionOutOfReach => "the connection lives in the sandbox: give --sandbox",
        WishOutcome.Refused refused => Of(refused.Outcome, switches, [.. flows.Select(flow => flow.Name)]),
        _ => throw new UnreachableException(outcome.GetType().Name),
    });

    private static string Of(StartOutcome outcome, RunSwitches switches, IReadOnlyList<string> flows) => outcome switch
    {
        StartOutcome.NoSuchFlow no => flows.Count == 0
            ? $"there is no flow '{no.Flow}', and no other: see what is wrong with the files with 'engine check', or give --flows another folder"
            : $"there is no flow '{no.Flow}'; there is {Listed(flows)}{Nearest.DidYouMean(no.Flow, flows)}",
        StartOutcome.BegunByHook begun => $"a call of the provider ('{begun.Hook}') begins flow '{switches.Flow}'; it cannot be run by hand",
        StartOutcome.InputRefused refused => string.Join("; ", refused.Errors.Select(error => InputError(error, switches.Language))),
        StartOutcome.PurposeNotOffered no =>
            $"flow '{switches.Flow}' is not made for '{Word(no.Purpose)}'; it is for {Listed(no.Offered.Select(Word))}",
        StartOutcome.ConnectionRequired no => $"'{Word(no.Purpose)}' needs a stored connection: name it with --connection",
        StartOutcome.ConnectionNotWanted => "a new connection is to be made: leave --connection out, or give --purpose reauth",
        StartOutcome.NoSuchConnection no => $"there is no connection '{no.Connection}' in this data folder: name the folder with --data",
        StartOutcome.ConnectionOfOtherFlow other =>
            $"the connection was made by flow '{other.Flow}', and only that one can sign it in again",
        StartOutcome.AlreadyOpen open => $"the connection is being signed in again by run '{open.Run}' already",
        _ => throw new UnreachableException(outcome.GetType().Name),
    };

    private static string InputError(FieldError error, string language) => error.Code == "unknown_field"
        ? $"the flow has no input '{error.Field}'"
        : $"--input '{error.Field}': {Phrases.In(language).Pick(error.Text)}";

    private static string Word(Purpose purpose) => purpose.ToString().ToLowerInvariant();

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
