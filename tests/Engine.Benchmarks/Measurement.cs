using System.Diagnostics;

namespace Engine.Benchmarks;

/// <summary>What one operation costs.</summary>
/// <param name="Nanoseconds">The median of all samples, for one operation.</param>
/// <param name="Bytes">Allocated on the heap by one operation.</param>
internal sealed record Cost(double Nanoseconds, double Bytes);

/// <summary>
/// Times small things: warm-up until the compiler has settled, then samples of many operations each, taken in turns where two things
/// are compared, so that whatever else the machine does hits both.
/// </summary>
internal static class Measurement
{
    private const int Samples = 31;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    /// <summary>The cost of each subject; a subject performs the given number of operations.</summary>
    public static Cost[] Compare(int operations, params Action<int>[] subjects)
    {
        // In turns, so that the compiler does not specialise code that they share for the first of them.
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < WarmUp)
        {
            foreach (var subject in subjects) subject(operations / 100);
        }

        var times = subjects.Select(_ => new double[Samples]).ToArray();
        var bytes = new double[subjects.Length];
        for (var sample = 0; sample < Samples; sample++)
        {
            for (var index = 0; index < subjects.Length; index++)
            {
                var allocated = GC.GetAllocatedBytesForCurrentThread();
                var started = Stopwatch.GetTimestamp();
                subjects[index](operations);
                times[index][sample] = Stopwatch.GetElapsedTime(started).TotalNanoseconds / operations;
                bytes[index] = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)operations;
            }
        }

        return [.. times.Select((taken, index) => new Cost(Percentile(taken, 0.5), bytes[index]))];
    }

    /// <summary>The shortest time that something takes; no further try once it is within the limit.</summary>
    public static TimeSpan Fastest(TimeSpan limit, int tries, Action act)
    {
        var fastest = TimeSpan.MaxValue;
        for (var i = 0; i < tries && fastest > limit; i++)
        {
            var began = Stopwatch.GetTimestamp();
            act();
            var taken = Stopwatch.GetElapsedTime(began);
            if (taken < fastest) fastest = taken;
        }

        return fastest;
    }

    /// <summary>The value below which the given part of all values lies.</summary>
    public static double Percentile(IReadOnlyCollection<double> values, double part)
    {
        var sorted = values.Order().ToArray();
        return sorted is [] ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(part * sorted.Length))];
    }

    /// <summary>Prints a figure beside its target and says whether it was met.</summary>
    public static bool Report(string what, double figure, string unit, double target)
    {
        var isMet = figure <= target;
        Console.WriteLine($"  {what,-58} {figure,10:0.##} {unit,-6} target ≤ {target:0.##} {unit,-6} {(isMet ? "met" : "MISSED")}");
        return isMet;
    }

    /// <summary>The same for a figure that has to be large.</summary>
    public static bool ReportAtLeast(string what, double figure, string unit, double target)
    {
        var isMet = figure >= target;
        Console.WriteLine($"  {what,-58} {figure,10:0.##} {unit,-6} target ≥ {target:0.##} {unit,-6} {(isMet ? "met" : "MISSED")}");
        return isMet;
    }
}
