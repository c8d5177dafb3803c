using System.Buffers.Binary;
using System.Text;

namespace Engine.Tests.Telemetry;

/// <summary>One message of protobuf's wire format, its fields by number: enough to read what a collector gets.</summary>
internal sealed class ProtoMessage
{
    private readonly ILookup<int, (ulong Number, ReadOnlyMemory<byte> Bytes)> fields;

    public ProtoMessage(ReadOnlyMemory<byte> bytes) => fields = Read(bytes).ToLookup(field => field.Field, field => (field.Number, field.Bytes));

    public IEnumerable<ProtoMessage> Messages(int field) => fields[field].Select(value => new ProtoMessage(value.Bytes));

    /// <summary>The messages at the end of a way through nested ones.</summary>
    public IEnumerable<ProtoMessage> Messages(params int[] way) =>
        way.Aggregate((IEnumerable<ProtoMessage>)[this], (messages, field) => messages.SelectMany(message => message.Messages(field)));

    public string Text(int field) => Encoding.UTF8.GetString(fields[field].FirstOrDefault().Bytes.Span);

    public string Hex(int field) => Convert.ToHexStringLower(fields[field].FirstOrDefault().Bytes.Span);

    public ulong Number(int field) => fields[field].FirstOrDefault().Number;

    public bool Has(int field) => fields.Contains(field);

    private static IEnumerable<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> Read(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var tag = Varint(ref bytes);
            var field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    yield return (field, Varint(ref bytes), default);
                    break;
                case 1:
                    yield return (field, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8).Span), default);
                    break;
                case 2:
                    var length = (int)Varint(ref bytes);
                    yield return (field, 0, Take(ref bytes, length));
                    break;
                case 5:
                    yield return (field, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4).Span), default);
                    break;
                default:
                    throw new InvalidDataException($"wire type {tag & 7}");
            }
        }
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, int count)
    {
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(ref bytes, 1).Span[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }
}
