namespace Engine.Sdk;

/// <summary>
/// Marks a setting of type <see cref="Uri"/>: flows may show pages of its host within our page (<c>show: frame</c>). The browser refuses
/// every other host. Null allows none.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FramedPagesAttribute : Attribute;
