namespace Engine.Storage;

/// <summary>Where a sealed value stands. It opens there and nowhere else.</summary>
/// <param name="Version">The row's revision, so that an older value of the same place does not open either; 0 where
/// rows never change.</param>
internal readonly record struct SealedPlace(string Table, string Column, string Row, long Version)
{
    public override string ToString() => $"{Table}.{Column} of \"{Row}\"";
}
