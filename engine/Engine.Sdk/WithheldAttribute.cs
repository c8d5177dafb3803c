namespace Engine.Sdk;

/// <summary>
/// Marks a member of an enum that the provider knows and flows may not give, so that <c>check</c> says why instead of only that it does not exist.
/// </summary>
/// <param name="because">The fact, as a clause: "Acme manages these itself".</param>
[AttributeUsage(AttributeTargets.Field)]
public sealed class WithheldAttribute(string because) : Attribute
{
    public string Because => because;
}
