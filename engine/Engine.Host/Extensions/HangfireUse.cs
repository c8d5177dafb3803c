namespace Engine.Host;

/// <summary>Whether Hangfire runs the pump and the outgoing work.</summary>
public enum HangfireUse
{
    /// <summary>Where the build took it in and runs are kept in PostgreSQL. The default.</summary>
    Auto,

    /// <summary>It does, or the engine does not start.</summary>
    On,

    /// <summary>The engine's own loops do.</summary>
    Off,
}

internal static class HangfireChoice
{
    /// <summary>The extension to use; null for the engine's own loops.</summary>
    /// <exception cref="EngineStartException">It was asked for and cannot be had.</exception>
    public static IEngineExtension? Extension(this HangfireUse use, EngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (use == HangfireUse.Off || (use == HangfireUse.Auto && options.Store is null)) return null;
        if (options.Store is null) throw new EngineStartException("--hangfire on needs PostgreSQL: give --store as well");
        return ExtensionFolder.Hangfire ?? (use == HangfireUse.On
            ? throw new EngineStartException("this build has no Hangfire: its packages could not be restored; build with -p:Hangfire=true to see why")
            : null);
    }
}
