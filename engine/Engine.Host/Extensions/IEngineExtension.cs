namespace Engine.Host;

/// <summary>
/// Another host for the engine's pump and its outgoing work, loaded from a folder under <c>extensions</c> beside the executable. The engine
/// builds and passes its tests without; there, its own loops run the same pump and the same work.
/// </summary>
public interface IEngineExtension
{
    /// <summary>Its name in the version endpoint, such as <c>hangfire</c>.</summary>
    string Name { get; }

    /// <summary>Adds what it runs. The engine itself can be had from the services once the server starts.</summary>
    void AddTo(IServiceCollection services, EngineOptions options);

    /// <summary>Adds its pages, behind the engine's own gate.</summary>
    void Map(WebApplication app);
}
