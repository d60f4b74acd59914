using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Qmp.Linux;
using Qmp.Tls.GnuTls;

namespace Qmp.Tls.Sessions;

/// <summary>One end of a TLS connection, without the connection: bytes in and bytes out.</summary>
/// <remarks>
/// <para>What has been received goes to <see cref="Room"/> and <see cref="Received"/>; what is to be sent comes from
/// <see cref="TakeOutput"/>. Nothing waits, so it serves threads and virtual time alike.</para>
/// <para>One thread may send while another one receives; any may dispose of it. A record is at most 16 KiB.</para>
/// </remarks>
public sealed unsafe class TlsSession : IDisposable
{
    /// <summary>The most bytes in one record.</summary>
    public const int RecordSize = 16 << 10;

    private const int FirstInput = 2 << 10;
    private const int BulkInput = 128 << 10;
    private const int FirstOutput = 4 << 10;
    private const int InputOutput = 5; // EIO

    private readonly Lock _gate = new(); // guards what follows; GnuTLS is called with it held
    private readonly TlsSessionOptions _options;
    private readonly SessionHandle _session;
    private readonly TlsBuffer _input = new(FirstInput);
    private TlsBuffer _output = new(FirstOutput);
    private TlsBuffer _taken = new(0);
    private GCHandle _self;
    private string? _inputFailure;
    private bool _inputHasEnded;
    private bool _isDisposed;
    private bool _isOpen;
    private nint _latestResult = 1; // of receiving, where it is still to be told

    /// <summary>Makes one.</summary>
    /// <exception cref="TlsException">The priorities are none, or the credentials have been deleted.</exception>
    public TlsSession(TlsSessionOptions options)
    {
        _options = options;
        _session = new SessionHandle(options.Credentials.Endpoint);
        try
        {
            options.Credentials.Prepare(_session);
        }
        catch
        {
            _session.Dispose();
            throw;
        }

        _self = GCHandle.Alloc(this, GCHandleType.Weak);
        GnuTlsFunctions.SetTransport(_session, GCHandle.ToIntPtr(_self));
        GnuTlsFunctions.SetPush(_session, &Push);
        GnuTlsFunctions.SetPull(_session, &Pull);
    }

    /// <summary>Whether there are bytes to be sent.</summary>
    public bool HasOutput
    {
        get
        {
            lock (_gate) return _output.Count > 0;
        }
    }

    /// <summary>Whether there are received bytes that have not been looked at.</summary>
    public bool HasInput
    {
        get
        {
            lock (_gate) return _input.Count > 0;
        }
    }

    /// <summary>Version, key exchange and cipher, for people; empty before the handshake.</summary>
    public string Description
    {
        get
        {
            lock (_gate)
            {
                if (_isDisposed) return "";
                nint text = GnuTlsFunctions.Describe(_session);
                return Marshal.PtrToStringUTF8(text) ?? "";
            }
        }
    }

    /// <summary>Goes on with the handshake, as far as what has been received allows.</summary>
    /// <returns>Whether it is over; otherwise more must be received, once the output has been sent.</returns>
    /// <exception cref="TlsException">It failed, or the peer is not let in. There may be a last output.</exception>
    public bool Handshake()
    {
        lock (_gate)
        {
            CheckOpen();
            int error;
            do
            {
                error = GnuTlsFunctions.Handshake(_session);
            }
            while (error < 0 && error != GnuTlsErrors.Again && GnuTlsFunctions.IsFatal(error) == 0);

            GC.KeepAlive(this); // what it calls back finds this by a weak handle
            if (error == GnuTlsErrors.Again) return false;
            if (error < 0) throw new TlsException($"TLS handshake failed: {Text(error)}");
            _isOpen = true;
            if (_options.Credentials.VerifiesPeer) PeerCheck.Check(_session, _options);
            return true;
        }
    }

    /// <summary>Where received bytes go. For the one that receives.</summary>
    public Memory<byte> Room()
    {
        lock (_gate) return _input.Room(_isOpen ? BulkInput : FirstInput);
    }

    /// <summary>So many bytes of <see cref="Room"/> have been received; 0 at the end of the stream.</summary>
    public void Received(int count)
    {
        lock (_gate)
        {
            if (count == 0) _inputHasEnded = true;
            else _input.Filled(count);
        }
    }

    /// <summary>Receiving failed.</summary>
    /// <param name="reason">Why.</param>
    public void Failed(string reason)
    {
        lock (_gate) _inputFailure = reason;
    }

    /// <summary>Takes what is to be sent. It stays as it is until the next call. For the one that sends.</summary>
    public ReadOnlyMemory<byte> TakeOutput()
    {
        lock (_gate)
        {
            _taken.Clear();
            (_output, _taken) = (_taken, _output);
            return _taken.Content;
        }
    }

    /// <summary>Enciphers bytes into output, in records.</summary>
    /// <exception cref="TlsException">The session is over.</exception>
    public void Encipher(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            for (int at = 0; at < bytes.Length;)
            {
                lock (_gate)
                {
                    CheckOpen();
                    nint sent = GnuTlsFunctions.Send(_session, first + at, (nuint)Math.Min(RecordSize, bytes.Length - at));
                    if (sent < 0) throw new TlsException($"Cannot write to TLS channel: {Text((int)sent)}");
                    at += (int)sent;
                    GC.KeepAlive(this);
                }
            }
        }
    }

    /// <summary>Deciphers what has been received.</summary>
    /// <param name="target">Where it goes; not empty.</param>
    /// <returns>How many bytes, 0 when the peer has ended its stream, or below 0 if more must be received.</returns>
    /// <exception cref="TlsException">A record is bad, or the stream was cut off.</exception>
    public int Decipher(Span<byte> target)
    {
        int filled = 0;
        fixed (byte* first = target)
        {
            lock (_gate)
            {
                CheckOpen();
                while (filled < target.Length)
                {
                    nint received = _latestResult <= 0
                        ? _latestResult
                        : GnuTlsFunctions.Receive(_session, first + filled, (nuint)(target.Length - filled));
                    if (received > 0)
                    {
                        filled += (int)received;
                        continue;
                    }

                    bool isOver = received == 0 || (received != GnuTlsErrors.Interrupted && GnuTlsFunctions.IsFatal((int)received) != 0);
                    if (isOver) _latestResult = received;
                    if (filled > 0) break; // the next call says it
                    if (received == 0) return 0;
                    if (received == GnuTlsErrors.Again) return -1;
                    if (isOver) throw NotReadable((int)received);
                }

                GC.KeepAlive(this);
            }
        }

        return filled;
    }

    /// <summary>Ends what is sent, so that the peer knows that nothing is missing.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (!_isDisposed && _isOpen) _ = GnuTlsFunctions.SayGoodbye(_session, 1); // GNUTLS_SHUT_WR
            GC.KeepAlive(this);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            _session.Dispose();
            _self.Free();
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Push(nint pointer, byte* bytes, nuint count)
    {
        if (GCHandle.FromIntPtr(pointer).Target is not TlsSession session) return -1;
        session._output.Add(new ReadOnlySpan<byte>(bytes, (int)count));
        return (nint)count;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Pull(nint pointer, byte* buffer, nuint count)
    {
        if (GCHandle.FromIntPtr(pointer).Target is not TlsSession session) return -1;
        if (session._input.Count > 0) return session._input.Take(new Span<byte>(buffer, (int)count));
        if (session._inputHasEnded) return 0;
        GnuTlsFunctions.SetTransportError(session._session.DangerousGetHandle(), session._inputFailure is null ? Errno.TryAgain : InputOutput);
        return -1;
    }

    // QEMU adds why a transport failed.
    private string Text(int error) => (error, _inputFailure) switch
    {
        (GnuTlsErrors.Pull, { } reason) => $"{GnuTlsErrors.Text(error)}: {reason}",
        _ => GnuTlsErrors.Text(error),
    };

    private TlsException NotReadable(int error) => new($"Cannot read from TLS channel: {Text(error)}")
    {
        IsTruncation = error == GnuTlsErrors.PrematureTermination,
    };

    private void CheckOpen()
    {
        if (_isDisposed) throw new TlsException("The TLS session is closed");
    }
}
