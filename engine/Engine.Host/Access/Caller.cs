using System.Diagnostics;
using Engine.Runs;

namespace Engine.Host;

/// <summary>Who sends a request, and so what it may do.</summary>
internal abstract record Caller
{
    private Caller() { }

    /// <summary>Showed nothing, or nothing that is known.</summary>
    public sealed record Nobody : Caller;

    /// <summary>An integrator: may do everything that <c>/v1</c> offers.</summary>
    public sealed record Integrator(string KeyName) : Caller;

    /// <summary>An API key without the scope <c>api</c>: may do nothing here.</summary>
    public sealed record OtherKey(string KeyName) : Caller;

    /// <summary>A browser that traded a link: may see and answer its runs, and start some if it came by the start page's link.</summary>
    public sealed record Browser(TokenHash Session, BrowserSession Rights) : Caller;

    /// <summary>May start runs, and see flows and connections.</summary>
    public bool CanStart => this switch
    {
        Nobody or OtherKey => false,
        Integrator => true,
        Browser browser => browser.Rights.CanStart,
        _ => throw new UnreachableException(),
    };

    public bool CanSee(RunId run) => this switch
    {
        Nobody or OtherKey => false,
        Integrator => true,
        Browser browser => browser.Rights.Runs.Contains(run),
        _ => throw new UnreachableException(),
    };
}

internal static class CallerOfRequest
{
    /// <summary>Who sends this request; <see cref="AccessGate"/> found it out.</summary>
    public static Caller GetCaller(this HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new UnreachableException("a request came past the access gate");
}
