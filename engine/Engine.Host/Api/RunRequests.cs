using System.ComponentModel;
using Engine.Flows;

namespace Engine.Host;

/// <summary>A wish for a new run.</summary>
internal sealed record StartRunRequest(
    [property: Description("The flow's name, as GET /v1/flows lists it.")] string Flow,
    [property: Description("The flow's inputs, by name, as text. What is left out has its default.")] Dictionary<string, string>? Input = null,
    [property: Description("What the run is for. Default: connect.")] Purpose? Purpose = null,
    [property: Description("Our id of the connection to re-authorize; left out when a new one is made.")] string? Connection = null,
    [property: Description("On whose behalf it runs, in your own words, at most 200 characters. Default: empty.")] string? Subject = null,
    [property: Description("Sandbox only: the course of events to play. Default: the first one of the flow.")] string? Scenario = null);

/// <summary>A person's answer to a prompt.</summary>
internal sealed record ReplyRequest(
    [property: Description("The id of the prompt it answers: only the current one can be answered.")] string Prompt,
    [property: Description("Chosen by you, at most 100 characters: sent again, it gets the first answer and changes nothing.")] string Transaction,
    [property: Description("`submit`, `cancel`, or the name of one of the prompt's actions.")] string Action,
    [property: Description("For `submit`: the fields' values, by name, as text.")] Dictionary<string, string>? Values = null)
{
    /// <summary>Never a value: they may be secret.</summary>
    public override string ToString() => $"{Action} to {Prompt}";
}

/// <summary>The reply was taken; what comes of it shows in the run.</summary>
internal sealed record ReplyAccepted(string Prompt, string Transaction);

/// <summary>A link that lets one browser see and answer one run.</summary>
internal sealed record LinkView(
    [property: Description("Give it to the run's person only. It can be used once; opening it in a preview does not use it up.")] string Url,
    DateTimeOffset ExpiresAt);
