using Xunit;

namespace Engine.Tests.Telemetry;

/// <summary>
/// The tests that look at one played engine. It is played while nothing else is: spans are listened to for the whole process, and those of other
/// tests' engines would crowd its own out of the exporter's queue.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PlayedEngineAlone : ICollectionFixture<PlayedEngine>
{
    public const string Name = "played engine, alone";
}
