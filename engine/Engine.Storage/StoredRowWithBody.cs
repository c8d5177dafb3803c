using Engine.Runs;

namespace Engine.Storage;

/// <summary>A run's row together with its sealed parts.</summary>
/// <param name="Body">Null where it did not open once and was set aside.</param>
internal sealed record StoredRowWithBody(StoredRow Row, SealedBody? Body)
{
    public const string Select =
        $"""
         SELECT {StoredRow.ColumnNames}, run_bodies.state, run_bodies.prompt
         FROM {StoredRow.Tables} LEFT JOIN run_bodies ON run_bodies.run = runs.number
         """;

    public static StoredRowWithBody Read(Row row) => new(
        StoredRow.Read(row),
        row.BytesOrNull(StoredRow.ColumnCount) is { } state
            ? new SealedBody(state, row.BytesOrNull(StoredRow.ColumnCount + 1))
            : null);

    /// <summary>The run with its state and prompt; throws <see cref="SealBrokenException"/>.</summary>
    public StoredRun Open(Sealer sealer) => Body is null ? Row.Run : Body.OpenInto(Row.Run, sealer);

    /// <summary>
    /// The run as a person sees it: busy from an accepted reply until its prompt gives way to another.
    /// </summary>
    public StoredRun OpenAsSeen(Sealer sealer)
    {
        var run = Open(sealer);
        return run.Prompt is { } prompt && prompt.Id.Value == Row.AnsweredPrompt
            ? run with { Prompt = prompt with { IsBusy = true } }
            : run;
    }
}
