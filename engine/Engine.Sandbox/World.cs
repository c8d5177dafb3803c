using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Engine.Sandbox;

/// <summary>
/// One imaginary provider with its person, made for one run. Its state and every call that it got are in one append-only file of
/// JSON lines: a line is written before its answer goes out, so a killed process loses nothing that anybody saw. Thread-safe.
/// </summary>
public sealed class World
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private readonly string file;
    private readonly Lock gate = new();
    private ImmutableList<RecordedCall> calls;
    private string? stateText;
    private object? state;

    private World(string file, WorldOrigin origin, ImmutableList<RecordedCall> calls, string? stateText)
    {
        this.file = file;
        this.calls = calls;
        this.stateText = stateText;
        Origin = origin;
    }

    /// <summary>Unguessable; part of the world's address.</summary>
    public string Id => Origin.Id;

    /// <summary>How the world began.</summary>
    public WorldOrigin Origin { get; }

    /// <summary>Every call so far, in order.</summary>
    public IReadOnlyList<RecordedCall> Calls => calls;

    /// <summary>The simulator's own state; null before the first call.</summary>
    public TState? Read<TState>()
        where TState : class
    {
        lock (gate)
        {
            return ReadLocked<TState>();
        }
    }

    internal static World Create(string folder, WorldOrigin origin)
    {
        var world = new World(FileOf(folder, origin.Id), origin, [], null);
        world.Append(new Line { World = origin });
        return world;
    }

    /// <summary>The world as its file tells it; null where there is none.</summary>
    internal static World? Find(string folder, string id)
    {
        var path = FileOf(folder, id);
        if (!File.Exists(path)) return null;

        WorldOrigin? origin = null;
        var past = ImmutableList.CreateBuilder<RecordedCall>();
        string? last = null;
        foreach (var text in WholeLines(path))
        {
            var line = JsonSerializer.Deserialize<Line>(text, Json);
            origin ??= line?.World;
            if (line?.Call is { } call) past.Add(call);
            if (line?.State is { } after) last = after.GetRawText();
        }

        return origin is null ? null : new World(path, origin, past.ToImmutable(), last);
    }

    /// <summary>Takes one call: decides, writes down, and only then gives what is to be sent.</summary>
    internal Turn<TState> Take<TState>(string operation, string method, string path, DateTimeOffset now, Func<TState?, Turn<TState>> turn)
        where TState : class
    {
        lock (gate)
        {
            var taken = turn(ReadLocked<TState>());
            var (next, answer) = taken;
            var note = answer.IsLost ? "answer lost" : answer.IsHanging ? "hangs" : null;
            var call = new RecordedCall(calls.Count + 1, now, method, path, operation, answer.Status, note);
            var text = JsonSerializer.Serialize(next, Json);
            Append(new Line { Call = call, State = text == stateText ? null : JsonElement.Parse(text) });
            calls = calls.Add(call);
            stateText = text;
            state = next;
            return taken;
        }
    }

    private static string FileOf(string folder, string id) => Path.Combine(folder, id + ".jsonl");

    // A process killed in the middle of a write leaves half a line: nobody got its answer, so it is cut off.
    private static string[] WholeLines(string file)
    {
        var text = File.ReadAllText(file);
        var end = text.LastIndexOf('\n') + 1;
        if (end < text.Length) File.WriteAllText(file, text[..end]);
        return text[..end].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private TState? ReadLocked<TState>()
        where TState : class
    {
        if (state is not TState && stateText is not null) state = JsonSerializer.Deserialize<TState>(stateText, Json);
        return state as TState;
    }

    private void Append(Line line)
    {
        // Bytes that the system has taken survive the end of the process, which is what the sandbox promises; a power cut is not.
        using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        stream.Write([.. JsonSerializer.SerializeToUtf8Bytes(line, Json), (byte)'\n']);
    }

    private sealed record Line
    {
        public WorldOrigin? World { get; init; }

        public RecordedCall? Call { get; init; }

        public JsonElement? State { get; init; }
    }
}

/// <summary>How a world began.</summary>
/// <param name="Language">In which the phone's page is shown, such as <c>ru</c>.</param>
/// <param name="Continues">The world whose lasting things (connections) it takes over; null where it begins empty.</param>
public sealed record WorldOrigin(string Id, string Provider, string Scenario, string Language, DateTimeOffset CreatedAt, string? Continues)
{
    /// <summary>Where the engine is to be reached, ending in a slash: people come back there, and hooks go there. Empty where nobody said.</summary>
    public string EngineUrl { get; init; } = "";

    /// <summary>Where persons go back to from the provider's pages; null where nobody said where the engine is.</summary>
    public Uri? ReturnUrl => EngineUrl.Length == 0 ? null : new Uri($"{EngineUrl}v1/return/{Provider}/{Id}");

    /// <summary>Where the provider calls a hook that belongs to no run; null where nobody said where the engine is.</summary>
    public Uri? HookUrl(string hook) => EngineUrl.Length == 0 ? null : new Uri($"{EngineUrl}v1/hooks/{Provider}/{hook}/{Id}");
}

/// <summary>A call that a world got.</summary>
/// <param name="Number">Counted from 1, in the order in which they took effect.</param>
/// <param name="Path">Relative to the world's address.</param>
/// <param name="Operation">As the simulator names it; empty for a path that it does not know.</param>
/// <param name="Status">The status of the answer, sent or not.</param>
/// <param name="Note">Such as <c>answer lost</c>; null when the answer simply went out.</param>
public sealed record RecordedCall(
    int Number, DateTimeOffset At, string Method, string Path, string Operation, int Status, string? Note);
