namespace Engine.Storage;

/// <summary>
/// A sealed value does not open: it was altered, moved from another place, or sealed with another key.
/// </summary>
/// <param name="place">Table, column and row; never the value.</param>
public sealed class SealBrokenException(string place)
    : Exception(
        $"the sealed value in {place} does not open: "
        + "it was altered, moved here from another place, or sealed with another key")
{
    /// <summary>Where the value stands: table, column and row.</summary>
    public string Place { get; } = place;
}
