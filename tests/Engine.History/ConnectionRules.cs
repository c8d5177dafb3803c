namespace Engine.History;

/// <summary>What the run says that it stored is what is stored, and once.</summary>
internal static class ConnectionRules
{
    public static void Check(HistoryNotes notes)
    {
        var connected = notes.Journal.Where(entry => entry.Kind == "connected").ToList();
        long revision = 0;
        foreach (var entry in connected)
        {
            if (entry.Text("connection") != connected[0].Text("connection")) notes.Add("connected_twice", entry, $"it had stored '{connected[0].Text("connection")}'");
            if (entry.Number("revision") is not { } next || next <= revision) notes.Add("revision_repeated", entry, $"revision {revision} was stored before");
            else revision = next;
        }

        var ofRow = notes.Row.Connection?.Value;
        if (connected.Count > 0 && ofRow != connected[0].Text("connection")) notes.Add("other_connection", connected[0], $"its row names '{ofRow}'");
        if (notes.History.Connections is not { } stored) return;
        var isNew = connected.Count > 0 && connected[0].Number("revision") == 1;
        var expected = isNew ? connected[0].Text("connection") : null;
        foreach (var extra in stored.Where(id => id.Value != expected)) notes.Add("connection_from_nowhere", $"'{extra}' is stored, and the journal does not say so");
        if (expected is not null && stored.All(id => id.Value != expected)) notes.Add("connection_lost", connected[0], $"'{expected}' is not stored");
    }
}
