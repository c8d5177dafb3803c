namespace Engine.Runs;

/// <summary>Names a run: <c>run_</c> and 26 characters. Not a secret.</summary>
public readonly record struct RunId(string Value)
{
    /// <summary>Eight characters for names at a provider and for people on the phone.</summary>
    public string Short => Value.Length <= 8 ? Value : Value[^8..];

    public override string ToString() => Value;
}

/// <summary>Names a stored connection: <c>con_</c> and 26 characters. Ours, not the provider's.</summary>
public readonly record struct ConnectionId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>Names one prompt of a run, such as <c>p3</c>; new whenever what is asked changes.</summary>
public readonly record struct PromptId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>Names one thing the host must do for a run, such as <c>e7</c>; stays the same across crashes.</summary>
public readonly record struct EffectId(string Value)
{
    public override string ToString() => Value;
}
