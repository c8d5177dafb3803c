using Engine.Sdk;

namespace Engine.Tests;

// What the operations of the made-up provider "lab" take and give. Public, since generated scopes name them.

/// <summary>Takes a look: Safe.</summary>
public sealed record Look(string Id);

/// <summary>What is seen.</summary>
public sealed record Seen(string Status, ShowOnce? Qr = null, DateTimeOffset? Expires = null);

/// <summary>Makes a thing: Once.</summary>
public sealed record Make(string Name);

/// <summary>The thing.</summary>
public sealed record Made(int Id);

/// <summary>Looks for a thing by its name: Safe; confirms <see cref="Make"/>.</summary>
public sealed record Find(string Name);

/// <summary>Removes a thing: Idempotent; takes back <see cref="Make"/>.</summary>
public sealed record Drop(int Id);

/// <summary>Nothing.</summary>
public sealed record Gone;

/// <summary>Tries a password: Idempotent.</summary>
public sealed record Try(Secret Password);

/// <summary>What a connection to the lab needs to be kept.</summary>
public sealed record LabKeys(Secret Token);
