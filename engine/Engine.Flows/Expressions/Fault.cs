namespace Engine.Flows.Expressions;

/// <summary>Turns what went wrong in an expression into words that name the place and never a value.</summary>
public static class Fault
{
    /// <param name="place">Where the expression stands: <c>file.yaml:31</c>.</param>
    public static ExpressionException At(string place, Exception exception) =>
        exception as ExpressionException ?? new ExpressionException($"{place}: the expression {Reason(exception)}");

    /// <summary>The machine asked for a slot or an expression that the flow does not have.</summary>
    public static Exception NoSuch(int number) => new ExpressionException($"there is no number {number}");

    private static string Reason(Exception exception) => exception switch
    {
        FuelException fuel => fuel.Message,
        DivideByZeroException => "divides by zero",
        OverflowException or ArgumentOutOfRangeException { ParamName: not "index" } => "gives a number that is too large",
        NullReferenceException or InvalidOperationException or ArgumentNullException => "uses a value that is not there",
        IndexOutOfRangeException or ArgumentOutOfRangeException { ParamName: "index" } => "asks for an element that is not there",
        InvalidCastException => "met a value of another type",
        _ => $"failed with {exception.GetType().Name}",
    };
}
