using Xunit;

namespace Engine.Postgres;

/// <summary>A test that needs a PostgreSQL server: skipped where its programs are missing, except under <c>CI=true</c>, where it fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresPrograms.ReasonToSkip;
}

/// <summary>A theory with the same rule as <see cref="PostgresFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = PostgresPrograms.ReasonToSkip;
}
