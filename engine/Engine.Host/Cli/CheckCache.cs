using Engine.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Engine.Host;

/// <summary>
/// What <c>check</c> remembers from one time to the next: flows that were right, with their warnings. It has a key of its own, since a check
/// must not need the key that seals secrets, nor make one.
/// </summary>
internal static class CheckCache
{
    /// <summary>As <see cref="Open"/>, for the files that describe providers.</summary>
    public static ProviderCache? OpenProviders(string folder, string keyFile)
    {
        try
        {
            return new ProviderCache(
                new FlowCacheFolder(folder, TimeProvider.System, NullLogger.Instance), EngineStore.DeriveKey(keyFile, "provider checks"));
        }
        catch (StorageUnavailableException)
        {
            return null;
        }
    }

    /// <summary>The cache; null where the folder or the key cannot be used: then everything is checked.</summary>
    public static FlowCache? Open(string folder, string keyFile)
    {
        try
        {
            return new FlowCache(
                new FlowCacheFolder(folder, TimeProvider.System, NullLogger.Instance), EngineStore.DeriveKey(keyFile, "flow checks"));
        }
        catch (StorageUnavailableException)
        {
            return null;
        }
    }
}
