using System.Buffers.Binary;
using System.IO.Compression;
using Engine.Runs;

namespace Engine.Storage;

/// <summary>The large parts of a run as they are stored, bound to the run's id and revision.</summary>
/// <param name="State">Sealed. Holds the prompt as well, which mostly repeats what stands in the state: packed together they take half.</param>
/// <param name="Prompt">Sealed. Only in rows from before, which are not packed; otherwise null.</param>
internal sealed record SealedBody(byte[] State, byte[]? Prompt)
{
    /// <summary>The first byte of what is packed; a state that is not begins with a brace.</summary>
    private const byte Packed = 1;

    /// <summary>The first byte, and the lengths of state and prompt.</summary>
    private const int HeaderLength = 1 + 4 + 4;

    private const int Quality = 2;
    private const int WindowBits = 16;

    public static SealedBody Of(StoredRun run, Sealer sealer) => new(
        sealer.Seal(
            StatePlace(run),
            Pack(run.State.Span, run.Prompt is { } prompt && !run.Status.IsFinal() ? StoredJson.ToBytes(prompt) : [])),
        null);

    /// <summary>The run with its state and prompt; throws <see cref="SealBrokenException"/>.</summary>
    public StoredRun OpenInto(StoredRun run, Sealer sealer)
    {
        var opened = sealer.Open(StatePlace(run), State);
        if (opened is [Packed, ..])
        {
            var (state, prompt) = Unpack(opened, StatePlace(run));
            return run with { State = state, Prompt = prompt.IsEmpty ? null : StoredJson.Read<PromptView>(prompt.Span) };
        }

        return run with
        {
            State = opened,
            Prompt = Prompt is null ? null : StoredJson.Read<PromptView>(sealer.Open(PromptPlace(run), Prompt)),
        };
    }

    private static byte[] Pack(ReadOnlySpan<byte> state, ReadOnlySpan<byte> prompt)
    {
        byte[] whole = [.. state, .. prompt];
        var packed = new byte[HeaderLength + BrotliEncoder.GetMaxCompressedLength(whole.Length)];
        packed[0] = Packed;
        BinaryPrimitives.WriteInt32LittleEndian(packed.AsSpan(1), state.Length);
        BinaryPrimitives.WriteInt32LittleEndian(packed.AsSpan(5), prompt.Length);
        return BrotliEncoder.TryCompress(whole, packed.AsSpan(HeaderLength), out var length, Quality, WindowBits)
            ? packed[..(HeaderLength + length)]
            : throw new System.Diagnostics.UnreachableException();
    }

    private static (ReadOnlyMemory<byte> State, ReadOnlyMemory<byte> Prompt) Unpack(ReadOnlySpan<byte> packed, SealedPlace place)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(packed[1..]);
        var whole = new byte[length + BinaryPrimitives.ReadInt32LittleEndian(packed[5..])];
        return BrotliDecoder.TryDecompress(packed[HeaderLength..], whole, out var written) && written == whole.Length
            ? (whole.AsMemory(0, length), whole.AsMemory(length))
            : throw new SealBrokenException(place.ToString());
    }

    private static SealedPlace StatePlace(StoredRun run) => new("run_bodies", "state", run.Id.Value, run.Revision);

    private static SealedPlace PromptPlace(StoredRun run) => new("run_bodies", "prompt", run.Id.Value, run.Revision);
}
