using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace Engine.Sandbox;

/// <summary>
/// Plays one provider's API over HTTP, with the person's phone. It lives in its plugin's folder, in <c>simulator/</c>, and is found
/// there at run time. The class is public and has a public constructor without parameters.
/// </summary>
public interface ISimulator
{
    /// <summary>The provider it plays, as flows name it.</summary>
    string Provider { get; }

    /// <summary>The scenarios that can be chosen; the first is the default.</summary>
    IReadOnlyList<Scenario> Scenarios { get; }

    /// <summary>The settings with which the plugin reaches a world, by snake_case name.</summary>
    /// <param name="address">The world's own address.</param>
    IReadOnlyDictionary<string, string> Settings(World world, Uri address);

    /// <summary>Maps the provider's API, and the phone's page at <c>phone</c>. Paths are relative to a world's address.</summary>
    void Map(SimulatorRoutes routes);
}

/// <summary>A named course of events at the provider.</summary>
/// <param name="Name">Such as <c>wrong-password-twice</c>.</param>
/// <param name="Title">One line for the person who picks it, by language.</param>
/// <param name="Flows">The flows it makes sense for; empty for all of the provider.</param>
public sealed record Scenario(string Name, IReadOnlyDictionary<string, string> Title, IReadOnlyList<string> Flows);

/// <summary>One call that a simulator got.</summary>
/// <param name="Body">The whole body; empty where there is none.</param>
/// <param name="Now">When it came.</param>
public sealed record SimulatorCall(World World, HttpRequest Http, string Body, DateTimeOffset Now);

/// <summary>What a call does to a world: its new state, and the answer.</summary>
public sealed record Turn<TState>(TState State, Answer Answer)
    where TState : class
{
    /// <summary>What the provider sends later by itself. Default: nothing. Forgotten when the sandbox stops, like calls on a broken line.</summary>
    public ImmutableArray<Callback<TState>> Callbacks { get; init; } = [];
}

/// <summary>A call that the provider makes. Only addresses on this machine are called; every other one counts as unreachable.</summary>
/// <param name="After">When, counted from the turn.</param>
/// <param name="Operation">What it is recorded as, such as <c>callback.ready</c>.</param>
/// <param name="Make">Makes the call out of the state of that moment; null: there is nothing to send any more.</param>
/// <param name="Then">What comes of the answer; it may send again.</param>
public sealed record Callback<TState>(
    TimeSpan After, string Operation, Func<TState, DateTimeOffset, CallbackRequest?> Make, Func<TState, CallbackReply, Turn<TState>> Then)
    where TState : class;

/// <summary>What is sent: posted as JSON, or asked for by GET, which has no body.</summary>
public sealed record CallbackRequest(string Address, string Body)
{
    /// <summary>GET or POST. Default: POST.</summary>
    public string Method { get; init; } = "POST";
}

/// <summary>What came back.</summary>
/// <param name="Status">0 where nothing came.</param>
public sealed record CallbackReply(int Status, string Body);
