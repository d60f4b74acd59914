using System.Globalization;
using Qmp.Protocol.Visitors;
using Qmp.Types;

#pragma warning disable CS0618 // what is deprecated works all the same

namespace Qmp.Emulator.Options;

/// <summary>Makes what <c>chardev-add</c> takes of what <c>-chardev</c> takes. Texts are QEMU's.</summary>
internal static class ChardevConversion
{
    /// <exception cref="VisitorException">Something is missing, or there is no such kind.</exception>
    public static ChardevSpec ToSpec(ChardevOptions options) => new(options.Id!, ToBackend(options));

    private static ChardevBackend ToBackend(ChardevOptions options)
    {
        if (!ChardevBackendKindExtensions.TryParse(options.Backend!, out ChardevBackendKind kind) || !ChardevKinds.All.Contains(kind))
        {
            throw new VisitorException(ChardevKinds.Unknown(options.Backend!));
        }

        if (options.Encoding is not null && kind != ChardevBackendKind.Vc)
        {
            throw new VisitorException($"chardev '{options.Id}' does not support encoding option");
        }

        (string? log, bool? appends, bool? stamps) = (options.Logfile, options.Logappend, options.Logtimestamp);
        return kind switch
        {
            ChardevBackendKind.File => new ChardevBackend.File
            {
                Value = new ChardevFileWrapper
                {
                    Data = new ChardevFile
                    {
                        Logfile = log,
                        Logappend = appends,
                        Logtimestamp = stamps,
                        In = options.InputPath,
                        Out = options.Path ?? throw new VisitorException("chardev: file: no filename given"),
                        Append = options.Append,
                    },
                },
            },
            ChardevBackendKind.Pipe => new ChardevBackend.Pipe
            {
                Value = new ChardevHostdevWrapper
                {
                    Data = new ChardevHostdev
                    {
                        Logfile = log,
                        Logappend = appends,
                        Logtimestamp = stamps,
                        Device = options.Path ?? throw new VisitorException("chardev: pipe: no device path given"),
                    },
                },
            },
            ChardevBackendKind.Socket => new ChardevBackend.Socket { Value = new ChardevSocketWrapper { Data = Socket(options) } },
            ChardevBackendKind.Pty => new ChardevBackend.Pty
            {
                Value = new ChardevPtyWrapper { Data = new ChardevPty { Logfile = log, Logappend = appends, Logtimestamp = stamps, Path = options.Path } },
            },
            ChardevBackendKind.Null => new ChardevBackend.Null
            {
                Value = new ChardevCommonWrapper { Data = new ChardevCommon { Logfile = log, Logappend = appends, Logtimestamp = stamps } },
            },
            ChardevBackendKind.Stdio => new ChardevBackend.Stdio
            {
                Value = new ChardevStdioWrapper { Data = new ChardevStdio { Logfile = log, Logappend = appends, Logtimestamp = stamps, Signal = options.Signal } },
            },
            ChardevBackendKind.Vc => new ChardevBackend.Vc
            {
                Value = new ChardevVCWrapper { Data = new ChardevVC { Logfile = log, Logappend = appends, Logtimestamp = stamps, Encoding = Encoding(options.Encoding) } },
            },
            ChardevBackendKind.Memory => new ChardevBackend.Memory { Value = Ring(options) },
            _ => new ChardevBackend.Ringbuf { Value = Ring(options) },
        };
    }

    private static ChardevVCEncoding? Encoding(string? text) => text switch
    {
        null => null,
        _ when ChardevVCEncodingExtensions.TryParse(text, out ChardevVCEncoding encoding) => encoding,
        _ => throw new VisitorException($"invalid parameter value: {text}"),
    };

    private static ChardevRingbufWrapper Ring(ChardevOptions options) => new()
    {
        Data = new ChardevRingbuf
        {
            Logfile = options.Logfile,
            Logappend = options.Logappend,
            Logtimestamp = options.Logtimestamp,
            Size = (long?)options.Size,
        },
    };

    private static ChardevSocket Socket(ChardevOptions options)
    {
        string?[] addresses = [options.Path, options.Fd, options.Host];
        if (addresses.Count(address => address is not null) > 1)
        {
            throw new VisitorException("None or one of 'path', 'fd' or 'host' option required.");
        }

        if (options is { Host: not null, Port: null }) throw new VisitorException("chardev: socket: no port given");
        bool isServer = options.Server == true;
        return new ChardevSocket
        {
            Logfile = options.Logfile,
            Logappend = options.Logappend,
            Logtimestamp = options.Logtimestamp,
            Addr = Address(options, isServer),
            TlsCreds = options.TlsCreds,
            TlsAuthz = options.TlsAuthz,
            Server = isServer,
            Wait = options.Wait ?? (isServer ? true : null),
            Telnet = options.Telnet,
            Tn3270 = options.Tn3270,
            Websocket = options.Websocket,
            Reconnect = (long?)options.Reconnect,
            ReconnectMs = (long?)options.ReconnectMs,
        };
    }

    private static SocketAddressLegacy Address(ChardevOptions options, bool isServer)
    {
        if (options.Host is { } host)
        {
            return new SocketAddressLegacy.Inet
            {
                Value = new InetSocketAddressWrapper
                {
                    Data = new InetSocketAddress
                    {
                        Host = host,
                        Port = options.Port!,
                        To = options.To,
                        Ipv4 = options.Ipv4,
                        Ipv6 = options.Ipv6,
                    },
                },
            };
        }

        // Without any address a listener makes one up, and who dials has none.
        if (options.Fd is { } || (options.Path is null && !isServer))
        {
            bool isNumber = int.TryParse(options.Fd, NumberStyles.None, CultureInfo.InvariantCulture, out _);
            if (!isNumber) throw new VisitorException($"Unable to parse FD number {options.Fd}");
            return new SocketAddressLegacy.Fd
            {
                Value = new FdSocketAddressWrapper { Data = new FdSocketAddress { Str = options.Fd! } },
            };
        }

        return new SocketAddressLegacy.Unix
        {
            Value = new UnixSocketAddressWrapper
            {
                Data = new UnixSocketAddress
                {
                    Path = options.Path ?? "",
                    Abstract = options.Abstract,
                    Tight = options.Tight,
                },
            },
        };
    }
}
