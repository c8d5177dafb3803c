using System.Runtime.CompilerServices;

namespace Engine.Flows.Expressions;

/// <summary>
/// The budget of one evaluation. Generated code resets it before each expression that can loop or make text, and every
/// function that does so charges it first.
/// </summary>
public static class Fuel
{
    /// <summary>Elements looked at, in one evaluation.</summary>
    public const int Steps = 100_000;

    /// <summary>Characters of text made, in one evaluation.</summary>
    public const int Characters = 64 * 1024;

    [ThreadStatic]
    private static int stepsLeft;

    [ThreadStatic]
    private static int charactersLeft;

    public static void Reset()
    {
        stepsLeft = Steps;
        charactersLeft = Characters;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void ChargeSteps(int count = 1)
    {
        if ((stepsLeft -= count) < 0) throw new FuelException("takes too many steps");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void ChargeCharacters(int count)
    {
        if ((charactersLeft -= count) < 0) throw new FuelException("makes too long a text");
    }
}

/// <summary>An evaluation used up its budget.</summary>
internal sealed class FuelException(string message) : Exception(message);
