using System.Text.Json;

namespace Engine.Tests.Host;

/// <summary>Reads server-sent events one by one.</summary>
internal sealed class EventReader(HttpResponseMessage answer, StreamReader lines) : IDisposable
{
    /// <summary>The next event, heartbeats left out.</summary>
    public async Task<ServerEvent> NextAsync()
    {
        while (true)
        {
            var next = await ReadAsync();
            if (next.Name != "ping") return next;
        }
    }

    /// <summary>The next event, whatever it is.</summary>
    public async Task<ServerEvent> ReadAsync()
    {
        var read = new ServerEvent("", "", default);
        while (await lines.ReadLineAsync().WaitAsync(Patience.Limit) is { } line)
        {
            if (line.Length == 0) return read;
            var value = line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..];
            read = line[0] switch
            {
                'i' => read with { Id = value },
                'e' => read with { Name = value },
                _ => read with { Data = JsonElement.Parse(value) },
            };
        }
        throw new EndOfStreamException();
    }

    public async Task<bool> IsAtEndAsync() => await lines.ReadLineAsync().WaitAsync(Patience.Limit) is null;

    public void Dispose()
    {
        lines.Dispose();
        answer.Dispose();
    }
}

internal sealed record ServerEvent(string Id, string Name, JsonElement Data);
