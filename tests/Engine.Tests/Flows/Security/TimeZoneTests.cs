using System.Buffers.Binary;
using System.Globalization;
using Engine.Tests.Telemetry;
using Xunit;

namespace Engine.Tests;

/// <summary>R-49 under other time zones of the machine. That is the process's own, so nothing else runs meanwhile.</summary>
[Collection(PlayedEngineAlone.Name)]
public sealed class TimeZoneTests : IDisposable
{
    private const string Variable = "TZ";

    private readonly string? before = Environment.GetEnvironmentVariable(Variable);
    private readonly string file = Path.GetTempFileName();

    [Theory]
    [InlineData(14 * 60)]
    [InlineData((5 * 60) + 30)]
    [InlineData(-((3 * 60) + 30))]
    [InlineData(-11 * 60)]
    public void R49_two_hundred_expressions_give_the_same_in_every_time_zone(int minutes)
    {
        var here = EvaluationRequirementTests.Evaluate(CultureInfo.InvariantCulture);
        File.WriteAllBytes(file, Zone(minutes));
        Environment.SetEnvironmentVariable(Variable, file);
        TimeZoneInfo.ClearCachedData();
        Assert.Equal(TimeSpan.FromMinutes(minutes), TimeZoneInfo.Local.BaseUtcOffset);

        Assert.Equal(here, EvaluationRequirementTests.Evaluate(CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, before);
        TimeZoneInfo.ClearCachedData();
        File.Delete(file);
    }

    /// <summary>A zone without changes as a file of the tz database (RFC 9636, version 1), since a machine may have none.</summary>
    private static byte[] Zone(int minutes)
    {
        var file = new byte[44 + 6 + 4];
        "TZif"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(36), 1);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(40), 4);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(44), minutes * 60);
        "LAB"u8.CopyTo(file.AsSpan(50));
        return file;
    }
}
