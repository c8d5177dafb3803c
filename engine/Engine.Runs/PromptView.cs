using System.Collections.Immutable;

namespace Engine.Runs;

/// <summary>
/// What a person must see or do now; the one thing page, terminal and API show. It may hold sensitive values (a QR payload), so it
/// is stored sealed and given to the run's own person only. All texts are by language.
/// </summary>
/// <param name="Id">New whenever what is asked changes, also after a refusal.</param>
/// <param name="Rev">Counts from 1 what was shown under this id; +1 when a QR rotates.</param>
/// <param name="Step">The name of the flow's step.</param>
/// <param name="IsBusy">True from an accepted reply until the engine has looked at it: nothing can be sent now.</param>
/// <param name="Fields">What to fill in; empty where there is nothing to fill in.</param>
/// <param name="CanSubmit">Whether the action <c>submit</c> exists: a form, or a button alone.</param>
/// <param name="Messages">Said above the form: why the last answer was refused.</param>
/// <param name="Left">How many answers may still be refused; null where it is not a form.</param>
/// <param name="ExpiresAt">When the step gives up; null where only the run's limit bounds it.</param>
public sealed record PromptView(
    PromptId Id,
    int Rev,
    string Step,
    bool IsBusy,
    ImmutableDictionary<string, string> Text,
    ImmutableArray<PromptField> Fields,
    bool CanSubmit,
    ImmutableDictionary<string, string> Button,
    ShownValues? Show,
    ImmutableArray<ActionView> Actions,
    ImmutableArray<PromptMessage> Messages,
    int? Left,
    DateTimeOffset? ExpiresAt)
{
    /// <summary>What to say when the page in the frame sends one of these messages; empty where there is no frame.</summary>
    public ImmutableArray<FrameMessage> FrameSays { get; init; } = [];

    /// <summary>The provider's page that the person is sent to; null where this asks for something else.</summary>
    public RedirectOffer? Redirect { get; init; }
}

/// <summary>A message of the page in the frame: one of the frame's own origin that has all these members with just these texts.</summary>
public sealed record FrameMessage(string Name, ImmutableDictionary<string, string> When, ImmutableDictionary<string, string> Text);

/// <summary>A page of the provider, offered to the person. Its address is made when the person goes there.</summary>
/// <param name="IsPopup">Whether it may also be opened in a window of its own.</param>
public sealed record RedirectOffer(string Provider, bool IsPopup);

/// <summary>One field of a form.</summary>
/// <param name="Type"><c>text</c>, <c>secret</c>, <c>phone</c>, <c>code</c>, <c>url</c>, <c>number</c>, <c>boolean</c> or <c>select</c>.</param>
/// <param name="Pattern">A regular expression for the whole value; null for none.</param>
/// <param name="Value">A value to begin with; null for none, always null for a secret.</param>
public sealed record PromptField(
    string Name,
    string Type,
    bool IsRequired,
    ImmutableDictionary<string, string> Label,
    ImmutableDictionary<string, string> Hint,
    string? Pattern,
    int MaxLength,
    string? Value,
    ImmutableArray<PromptOption> Options);

/// <summary>One choice of a select field.</summary>
public sealed record PromptOption(string Name, ImmutableDictionary<string, string> Label);

/// <summary>What is shown; null parts are not there.</summary>
/// <param name="Qr">Text to be drawn as a QR code. Never past <paramref name="ExpiresAt"/>.</param>
/// <param name="ExpiresAt">The end of the shown value's life; it must be hidden at that moment.</param>
/// <param name="Rotation">Counts from 1 the values shown in this step.</param>
public sealed record ShownValues(
    string? Qr, string? Image, string? Code, string? Link, string? Frame, DateTimeOffset? ExpiresAt, int Rotation, int? RotationsLeft)
{
    /// <summary>The same with nothing left to see, once its time is over.</summary>
    public ShownValues WithoutValues() => this with { Qr = null, Image = null, Code = null, Link = null, Frame = null };

    /// <summary>Names no value: they are for the run's own person only.</summary>
    public override string ToString() => $"rotation {Rotation}, until {ExpiresAt:O}";
}

public static class ShownValuesExtensions
{
    /// <summary>Whether there is anything to see: not before the first value, between two, nor after the last one's time.</summary>
    public static bool HasValue(this ShownValues? shown) =>
        shown is not null && (shown.Qr ?? shown.Image ?? shown.Code ?? shown.Link ?? shown.Frame) is not null;
}

/// <summary>Something else the person may choose.</summary>
/// <param name="AvailableAt">Not before this moment.</param>
/// <param name="Left">How often it may still be taken.</param>
public sealed record ActionView(string Name, ImmutableDictionary<string, string> Label, DateTimeOffset AvailableAt, int Left);

/// <summary>One sentence above the form.</summary>
public sealed record PromptMessage(string Code, ImmutableDictionary<string, string> Text);
