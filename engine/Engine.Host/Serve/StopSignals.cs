using System.Runtime.InteropServices;

namespace Engine.Host;

/// <summary>
/// Takes the signals that ask a process to stop, from start to end: one that comes while it stops already must not break that off.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly Lock gate = new();
    private Action? stop;
    private bool isAsked;

    public StopSignals()
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
        {
            registrations.Add(PosixSignalRegistration.Create(signal, Take));
        }
    }

    /// <summary>Says what to do at a signal; does it now where one came before.</summary>
    public void Deliver(Action action)
    {
        lock (gate) stop = action;
        if (isAsked) action();
    }

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
    }

    private void Take(PosixSignalContext signal)
    {
        signal.Cancel = true;
        Action? action;
        lock (gate) (isAsked, action) = (true, stop);
        action?.Invoke();
    }
}
