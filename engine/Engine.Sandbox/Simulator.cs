using Microsoft.AspNetCore.Routing;

namespace Engine.Sandbox;

/// <summary>
/// Plays one provider's API over HTTP, with the person's phone. It lives in its plugin's folder and is found there at run time.
/// The class has a public constructor without parameters.
/// </summary>
public interface ISimulator
{
    /// <summary>The provider it plays, as flows name it.</summary>
    string Provider { get; }

    /// <summary>The scenarios that can be chosen; the first is the default.</summary>
    IReadOnlyList<Scenario> Scenarios { get; }

    /// <summary>
    /// Maps the provider's API and the simulated phone's page. Routes are relative to <c>/{world}/</c>, one world for each run:
    /// what happens in it is kept in <see cref="World"/> and survives a restart.
    /// </summary>
    void Map(IEndpointRouteBuilder routes, Worlds worlds);
}

/// <summary>A named course of events at the provider.</summary>
/// <param name="Name">Such as <c>wrong-password-twice</c>.</param>
/// <param name="Title">One line for the person who picks it, by language.</param>
/// <param name="Flows">The flows it makes sense for; empty for all of the provider.</param>
public sealed record Scenario(string Name, IReadOnlyDictionary<string, string> Title, IReadOnlyList<string> Flows);
