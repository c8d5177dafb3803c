using System.Text.Json;
using Engine.Flows;

namespace Engine.Host;

/// <summary>How plugins' records are handed to runs. It reveals secrets: only a sealing store may take what it gives.</summary>
internal static class SignalJson
{
    /// <summary>A record of a plugin build that the flow uses.</summary>
    public static JsonElement Of(object record, LoadedFlow flow) => JsonSerializer.SerializeToElement(record, record.GetType(), flow.Json);

    /// <summary>A record that no flow has taken yet. The options are not kept, since they would keep the build's types alive.</summary>
    public static JsonElement Of(object record) => JsonSerializer.SerializeToElement(record, record.GetType(), FlowJson.NewOptions());
}
