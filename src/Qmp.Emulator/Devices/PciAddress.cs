using System.Globalization;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Devices;

/// <summary>The property <c>addr</c> of devices on PCI: a slot and a function, as text or as one number. Texts are QEMU's.</summary>
internal static partial class PciAddress
{
    private const int Unplaced = -1;
    private const int LastFunction = 255;
    private const int Functions = 8;

    /// <summary>Reads a value.</summary>
    /// <param name="owner">The type whose property it is.</param>
    /// <param name="value">Text such as <c>0x1.0x2</c>, or the number of the function on its bus.</param>
    /// <returns>That number, or -1 for the first free slot.</returns>
    /// <exception cref="CommandException">The text is no address.</exception>
    /// <exception cref="VisitorException">It is neither text nor such a number.</exception>
    public static int Read(string owner, JToken value)
    {
        if (value.Type == JTokenType.String)
        {
            return Parse((string)value!) ?? throw new CommandException($"Property '{owner}.addr' doesn't take value '{value}'");
        }

        if (value.Type is not (JTokenType.Integer or JTokenType.Float))
        {
            throw new VisitorException("Invalid parameter type for 'addr', expected int or str");
        }

        var visitor = new JsonInputVisitor();
        visitor.Reset(new JObject { ["addr"] = value });
        visitor.StartStruct(null);
        long number = visitor.ReadInt("addr", int.MinValue, int.MaxValue, "int32_t");
        return number is >= Unplaced and <= LastFunction
            ? (int)number
            : throw new VisitorException("Parameter 'addr' expects a value between -1 and 255");
    }

    /// <summary>Finds the place of a device.</summary>
    /// <param name="bus">The bus that it goes on.</param>
    /// <param name="type">Its type.</param>
    /// <param name="wanted">What <see cref="Read"/> says.</param>
    /// <param name="isMultifunction">Whether it shares its slot with others.</param>
    /// <param name="isHot">Whether the machine is already made.</param>
    /// <returns>The number of its function on the bus.</returns>
    /// <exception cref="CommandException">There is none for it.</exception>
    public static int Place(Bus bus, string type, int wanted, bool isMultifunction, bool isHot)
    {
        int function = wanted == Unplaced ? FirstFree(bus, type) : wanted;
        if (bus.Functions.TryGetValue(function, out PciFunction? there))
        {
            throw new CommandException(
                $"PCI: slot {function / Functions} function {function % Functions} not available for {type}, in use by {there.Type},id={there.Id}");
        }

        int slot = function / Functions;
        int first = bus.IsPort ? 0 : slot * Functions;
        if (isHot && bus.Functions.TryGetValue(first, out there))
        {
            throw new CommandException(
                $"PCI: slot {first / Functions} function 0 already occupied by {there.Type}, new func {type} cannot be exposed to guest.");
        }

        CheckShared(bus, slot, function % Functions, isMultifunction);
        return function;
    }

    private static void CheckShared(Bus bus, int slot, int function, bool isMultifunction)
    {
        if (function != 0)
        {
            if (!bus.Functions.TryGetValue(slot * Functions, out PciFunction? first) || first.IsMultifunction) return;
            throw new CommandException($"PCI: single function device can't be populated in function {slot:x}.{function:x}");
        }

        if (isMultifunction) return;
        for (int other = 1; other < Functions; other++)
        {
            if (!bus.Functions.ContainsKey((slot * Functions) + other)) continue;
            throw new CommandException(
                $"PCI: {slot:x}.0 indicates single function, but {slot:x}.{other:x} is already populated.");
        }
    }

    private static int FirstFree(Bus bus, string type)
    {
        for (int function = 0; function <= LastFunction; function += Functions)
        {
            if (!bus.Functions.ContainsKey(function)) return function;
        }

        throw new CommandException($"PCI: no slot/function available for {type}, all in use or reserved");
    }

    private static int? Parse(string text)
    {
        if (Pattern().Match(text) is not { Success: true } parts) return null;
        int slot = Hexadecimal(parts.Groups[1]);
        int function = parts.Groups[2].Success ? Hexadecimal(parts.Groups[2]) : 0;
        return slot < 32 && function < Functions ? (slot * Functions) + function : null;
    }

    private static int Hexadecimal(Group digits) =>
        int.Parse(digits.ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [GeneratedRegex("^\\s*(?:0[xX])?([0-9a-fA-F]{1,7})(?:\\.\\s*(?:0[xX])?([0-9a-fA-F]{1,7}))?$")]
    private static partial Regex Pattern();
}
