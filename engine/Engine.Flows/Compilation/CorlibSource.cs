namespace Engine.Flows;

/// <summary>The declarations of <see cref="Corlib"/>.</summary>
internal static class CorlibSource
{
    /// <summary>
    /// The types the language is built on, without members that an expression could call. Structs hold something, since C# takes a
    /// variable of an empty struct for set from the beginning.
    /// </summary>
    public const string Core = """
        #nullable enable
        #pragma warning disable
        namespace System
        {
            public class Object { public Object() { } }
            public abstract class ValueType { }
            public abstract class Enum : ValueType, IFormattable { }
            public abstract class Array { }
            public abstract class Delegate { }
            public abstract class MulticastDelegate : Delegate { }
            public abstract class Type { }
            public class Attribute { }
            public class Exception { }
            public interface IFormattable { }
            public interface IEquatable<T> { }
            public interface IComparable { }
            public interface IDisposable { void Dispose(); }
            public delegate R Func<in T, out R>(T a);
            public struct Void { }
            public struct IntPtr { }
            public struct UIntPtr { }
            public struct RuntimeTypeHandle { }
            public struct RuntimeFieldHandle { }
            public struct RuntimeMethodHandle { }
            public struct Boolean { }
            public struct Char { }
            public struct Byte : IFormattable { }
            public struct SByte : IFormattable { }
            public struct Int16 : IFormattable { }
            public struct UInt16 : IFormattable { }
            public struct Int32 : IFormattable { }
            public struct UInt32 : IFormattable { }
            public struct Int64 : IFormattable { }
            public struct UInt64 : IFormattable { }
            public struct Single : IFormattable { }
            public struct Double : IFormattable { }
            public class Uri { }
            public struct Nullable<T> where T : struct
            {
                private readonly int held;
                public Nullable(T value) { }
                public bool HasValue => throw null!;
                public T Value => throw null!;
                public T GetValueOrDefault() => throw null!;
                public static implicit operator T?(T value) => throw null!;
                public static explicit operator T(T? value) => throw null!;
            }
            public sealed class String
            {
                public int Length => throw null!;
                public static bool operator ==(string? a, string? b) => throw null!;
                public static bool operator !=(string? a, string? b) => throw null!;
            }
        }
        namespace System.Collections { public interface IEnumerable { } public interface IEnumerator { } }
        namespace System.Collections.Generic
        {
            public interface IEnumerable<out T> : IEnumerable { }
            public interface IReadOnlyCollection<out T> : IEnumerable<T> { int Count { get; } }
            public interface IReadOnlyList<out T> : IReadOnlyCollection<T> { T this[int index] { get; } }
        }
        namespace System.Threading { public struct CancellationToken { } }
        namespace System.Threading.Tasks { public class Task { } public class Task<T> : Task { } }

        """;

    /// <summary>Numbers, durations and moments.</summary>
    public const string Values = """
        namespace System
        {
            public struct Guid : IFormattable
            {
                private readonly int held;
                public static bool operator ==(Guid a, Guid b) => throw null!;
                public static bool operator !=(Guid a, Guid b) => throw null!;
            }
            public struct Decimal : IFormattable
            {
                private readonly int held;
                public Decimal(int lo, int mid, int hi, bool isNegative, byte scale) { }
                public Decimal(int value) { }
                public Decimal(uint value) { }
                public Decimal(long value) { }
                public Decimal(ulong value) { }
                public Decimal(double value) { }
                public static readonly decimal Zero;
                public static readonly decimal One;
                public static readonly decimal MinusOne;
                public static implicit operator decimal(int value) => throw null!;
                public static implicit operator decimal(long value) => throw null!;
                public static decimal operator +(decimal a, decimal b) => throw null!;
                public static decimal operator -(decimal a, decimal b) => throw null!;
                public static decimal operator *(decimal a, decimal b) => throw null!;
                public static decimal operator /(decimal a, decimal b) => throw null!;
                public static decimal operator %(decimal a, decimal b) => throw null!;
                public static decimal operator -(decimal a) => throw null!;
                public static bool operator ==(decimal a, decimal b) => throw null!;
                public static bool operator !=(decimal a, decimal b) => throw null!;
                public static bool operator <(decimal a, decimal b) => throw null!;
                public static bool operator >(decimal a, decimal b) => throw null!;
                public static bool operator <=(decimal a, decimal b) => throw null!;
                public static bool operator >=(decimal a, decimal b) => throw null!;
            }
            public readonly struct TimeSpan : IFormattable
            {
                private readonly int held;
                public TimeSpan(long ticks) { }
                public double TotalSeconds => throw null!;
                public double TotalMinutes => throw null!;
                public double TotalHours => throw null!;
                public double TotalDays => throw null!;
                public int Days => throw null!;
                public int Hours => throw null!;
                public int Minutes => throw null!;
                public int Seconds => throw null!;
                public static TimeSpan operator +(TimeSpan a, TimeSpan b) => throw null!;
                public static TimeSpan operator -(TimeSpan a, TimeSpan b) => throw null!;
                public static bool operator ==(TimeSpan a, TimeSpan b) => throw null!;
                public static bool operator !=(TimeSpan a, TimeSpan b) => throw null!;
                public static bool operator <(TimeSpan a, TimeSpan b) => throw null!;
                public static bool operator >(TimeSpan a, TimeSpan b) => throw null!;
                public static bool operator <=(TimeSpan a, TimeSpan b) => throw null!;
                public static bool operator >=(TimeSpan a, TimeSpan b) => throw null!;
            }
            public readonly struct DateTimeOffset : IFormattable
            {
                private readonly int held;
                public int Year => throw null!;
                public int Month => throw null!;
                public int Day => throw null!;
                public int Hour => throw null!;
                public int Minute => throw null!;
                public int Second => throw null!;
                public static DateTimeOffset operator +(DateTimeOffset a, TimeSpan b) => throw null!;
                public static DateTimeOffset operator -(DateTimeOffset a, TimeSpan b) => throw null!;
                public static TimeSpan operator -(DateTimeOffset a, DateTimeOffset b) => throw null!;
                public static bool operator ==(DateTimeOffset a, DateTimeOffset b) => throw null!;
                public static bool operator !=(DateTimeOffset a, DateTimeOffset b) => throw null!;
                public static bool operator <(DateTimeOffset a, DateTimeOffset b) => throw null!;
                public static bool operator >(DateTimeOffset a, DateTimeOffset b) => throw null!;
                public static bool operator <=(DateTimeOffset a, DateTimeOffset b) => throw null!;
                public static bool operator >=(DateTimeOffset a, DateTimeOffset b) => throw null!;
            }
        }

        """;

    /// <summary>What the C# compiler looks for by name.</summary>
    public const string Compiler = """
        namespace System
        {
            [AttributeUsage(AttributeTargets.Class)]
            public sealed class AttributeUsageAttribute : Attribute
            {
                public AttributeUsageAttribute(AttributeTargets targets) { }
                public bool AllowMultiple { get; set; }
                public bool Inherited { get; set; }
            }
            public enum AttributeTargets { Class = 4, All = 0x7fff }
            public sealed class ParamArrayAttribute : Attribute { }
            public sealed class ObsoleteAttribute : Attribute { public ObsoleteAttribute(string message, bool error) { } }
            public sealed class InvalidOperationException : Exception { public InvalidOperationException() { } }
        }
        namespace System.Reflection
        {
            public sealed class AssemblyVersionAttribute : Attribute { public AssemblyVersionAttribute(string version) { } }
            public sealed class DefaultMemberAttribute : Attribute { public DefaultMemberAttribute(string name) { } }
        }
        namespace System.Diagnostics
        {
            public sealed class DebuggableAttribute : Attribute
            {
                public DebuggableAttribute(DebuggingModes modes) { }
                public enum DebuggingModes { None = 0, Default = 1, IgnoreSymbolStoreSequencePoints = 2, EnableEditAndContinue = 4, DisableOptimizations = 0x100 }
            }
        }
        namespace System.Runtime.CompilerServices
        {
            public sealed class ExtensionAttribute : Attribute { }
            public sealed class IsReadOnlyAttribute : Attribute { }
            public sealed class IsByRefLikeAttribute : Attribute { }
            public sealed class CompilerGeneratedAttribute : Attribute { }
            public sealed class NullableAttribute : Attribute { public NullableAttribute(byte flag) { } public NullableAttribute(byte[] flags) { } }
            public sealed class NullableContextAttribute : Attribute { public NullableContextAttribute(byte flag) { } }
            public sealed class ScopedRefAttribute : Attribute { }
            public sealed class RefSafetyRulesAttribute : Attribute { public RefSafetyRulesAttribute(int version) { } }
            public sealed class CompilationRelaxationsAttribute : Attribute { public CompilationRelaxationsAttribute(int relaxations) { } }
            public sealed class RuntimeCompatibilityAttribute : Attribute { public bool WrapNonExceptionThrows { get; set; } }
            public sealed class RequiredMemberAttribute : Attribute { }
            public sealed class CompilerFeatureRequiredAttribute : Attribute { public CompilerFeatureRequiredAttribute(string featureName) { } }
            public static class IsExternalInit { }
            public static class RuntimeFeature { public const string ByRefFields = "ByRefFields"; }
            public sealed class SwitchExpressionException : Exception
            {
                public SwitchExpressionException() { }
                public SwitchExpressionException(object? value) { }
            }
        }
        namespace System.Runtime.InteropServices { public sealed class InAttribute : Attribute { } }
        namespace System.Diagnostics.CodeAnalysis
        {
            public sealed class SetsRequiredMembersAttribute : Attribute { }
        }

        """;
}
