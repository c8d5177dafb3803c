using System.Collections.Immutable;
using System.Reflection;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>One build in memory that offers providers: a plugin's, or that of a provider's file.</summary>
internal abstract class ProviderBuild(string id, Assembly assembly)
{
    /// <summary>SHA-256 of the files it was made of.</summary>
    public string Id => id;

    /// <summary>Declares the types that flows see.</summary>
    public Assembly Assembly => assembly;

    public abstract ImmutableArray<Provider> Offered { get; }

    public Provider? FindOffered(string name) => Offered.FirstOrDefault(provider => provider.Name == name);

    /// <summary>The records of an operation, and of the provider's credentials; null where there is no such operation.</summary>
    public OperationRecords? FindRecords(string provider, string operation) =>
        FindOffered(provider) is { } offered && offered.FindOperation(operation) is { } found
        && Assembly.GetType(found.InputType) is { } input && Assembly.GetType(found.OutputType) is { } output
            ? new OperationRecords(input, output, offered.CredentialsType is { } credentials ? Assembly.GetType(credentials) : null)
            : null;

    /// <summary>The hosts whose pages flows may show in a frame, as origins.</summary>
    public virtual IEnumerable<string> FramedHosts(string provider, ProviderSettings settings) => [];

    /// <summary>What is wrong with the settings; null when all is well.</summary>
    public abstract Failure? Try(string provider, ProviderSettings settings);

    /// <summary>Calls an operation of a provider that it offers.</summary>
    /// <exception cref="OperationCanceledException">The given token was cancelled.</exception>
    public abstract Task<CallOutcome> CallAsync(
        string provider, string operation, object input, ProviderSettings settings, CancellationToken cancellation);

    /// <summary>Lets go of everything; the memory is freed when no run refers to its types any more.</summary>
    public abstract void Unload();
}
