using System.Buffers;
using Qmp.Linux;
using Qmp.Tls;
using Qmp.Tls.Sessions;

namespace Qmp.Migration.Channels.Tls;

/// <summary>A channel whose bytes are enciphered on another one.</summary>
/// <remarks>
/// What is written is gathered into records of 16 KiB, a page may be in two of them, and records are written many at a time.
/// Memory is never sent from where it is. A stream that ends without the peer's word for the end is an error.
/// </remarks>
internal sealed class TlsChannel : IMigrationChannel
{
    /// <summary>How much is enciphered before it is written.</summary>
    private const int WriteSize = 8 * TlsSession.RecordSize;

    private readonly IMigrationChannel _inner;
    private readonly TlsSession _session;
    private readonly byte[] _record = GC.AllocateUninitializedArray<byte>(TlsSession.RecordSize, pinned: true);
    private readonly IoVector[] _piece = new IoVector[1];
    private int _gathered;
    private bool _hasEnded;
    private volatile bool _isShut;

    /// <param name="inner">What the enciphered bytes travel on; it is shut down and disposed of with this.</param>
    /// <param name="options">What the session is made of.</param>
    /// <exception cref="TlsException">The session cannot be made; the channel is as it was.</exception>
    public TlsChannel(IMigrationChannel inner, TlsSessionOptions options)
    {
        _inner = inner;
        _session = new TlsSession(options);
    }

    /// <summary>Version, key exchange and cipher, for people.</summary>
    public string Description => _session.Description;

    /// <summary>Whether an end without the peer's word for it is one all the same.</summary>
    public bool TakesTruncation { get; set; }

    /// <summary>Makes it usable: until then nothing may be written or read.</summary>
    /// <exception cref="ChannelException">The handshake failed, or the peer is not let in; the message is QEMU's.</exception>
    public async ValueTask HandshakeAsync()
    {
        try
        {
            while (!_session.Handshake())
            {
                await FlushAsync();
                await ReceiveAsync();
            }

            await FlushAsync();
        }
        catch (TlsException e)
        {
            await TryFlushAsync(); // the peer is told why, where TLS has a word for it
            throw new ChannelException(e.Message);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces)
    {
        try
        {
            int enciphered = 0;
            for (int at = 0; at < pieces.Length; at++)
            {
                for (IoVector left = pieces.Span[at]; left.Length > 0;)
                {
                    left = Gather(left);
                    if (_gathered < _record.Length) break;
                    EncipherRecord();
                    enciphered += TlsSession.RecordSize;
                    if (enciphered < WriteSize) continue;
                    await FlushAsync();
                    enciphered = 0;
                }
            }

            EncipherRecord();
            await FlushAsync();
        }
        catch (TlsException e)
        {
            throw new ChannelException(e.Message);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        while (true)
        {
            int read = Decipher(buffer.Span);
            if (read >= 0) return read;
            await ReceiveAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(ReadOnlyMemory<IoVector> pieces)
    {
        while (true)
        {
            int read = Scatter(pieces.Span);
            if (read >= 0) return read;
            await ReceiveAsync();
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> WaitForHangUpAsync(TimeSpan timeout) => _inner.WaitForHangUpAsync(timeout);

    /// <inheritdoc/>
    public bool HasUnread => _inner.HasUnread;

    /// <inheritdoc/>
    public bool IsConnection => _inner.IsConnection;

    /// <inheritdoc/>
    public bool IsStarting => _inner.IsStarting;

    /// <inheritdoc/>
    public async ValueTask EndStreamAsync()
    {
        if (_hasEnded) return;
        _hasEnded = true;
        _session.End();
        await TryFlushAsync();
    }

    /// <inheritdoc/>
    public async ValueTask FinishAsync()
    {
        await EndStreamAsync();
        await _inner.FinishAsync();
    }

    /// <inheritdoc/>
    public void Shutdown()
    {
        _isShut = true;
        _inner.Shutdown();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isShut = true;
        _inner.Dispose();
        _session.Dispose();
    }

    // Copies what fits, since a guest may change its memory while it is enciphered; returns the rest.
    private unsafe IoVector Gather(IoVector piece)
    {
        int count = (int)Math.Min(piece.Length, _record.Length - _gathered);
        new ReadOnlySpan<byte>((void*)piece.Address, count).CopyTo(_record.AsSpan(_gathered));
        _gathered += count;
        return new IoVector(piece.Address + count, piece.Length - count);
    }

    private void EncipherRecord()
    {
        if (_gathered > 0) _session.Encipher(_record.AsSpan(0, _gathered));
        _gathered = 0;
    }

    // Below 0 if more has to be received.
    private int Decipher(Span<byte> target)
    {
        try
        {
            return _session.Decipher(target);
        }
        catch (TlsException e) when (_isShut || (e.IsTruncation && TakesTruncation))
        {
            return 0; // cut here, or by a release that does not know better
        }
        catch (TlsException e)
        {
            throw new ChannelException(e.Message);
        }
    }

    private unsafe int Scatter(ReadOnlySpan<IoVector> pieces)
    {
        int total = 0;
        foreach (IoVector piece in pieces)
        {
            var target = new Span<byte>((void*)piece.Address, checked((int)piece.Length));
            int read = total == 0 ? Decipher(target) : _session.HasInput ? Decipher(target) : 0;
            if (read <= 0) return total > 0 ? total : read;
            total += read;
            if (read < target.Length) break;
        }

        return total;
    }

    private async ValueTask ReceiveAsync()
    {
        try
        {
            _session.Received(await _inner.ReadAsync(_session.Room()));
        }
        catch (ChannelException e)
        {
            if (!_isShut) _session.Failed(e.Message);
            else _session.Received(0);
        }
    }

    private async ValueTask FlushAsync()
    {
        ReadOnlyMemory<byte> output = _session.TakeOutput();
        if (output.IsEmpty) return;
        using MemoryHandle pin = output.Pin();
        await _inner.WriteAsync(Pieces(pin, output.Length));
    }

    private unsafe ReadOnlyMemory<IoVector> Pieces(MemoryHandle pin, int length)
    {
        _piece[0] = new IoVector((nint)pin.Pointer, length);
        return _piece;
    }

    private async ValueTask TryFlushAsync()
    {
        try
        {
            await FlushAsync();
        }
        catch (ChannelException)
        {
            // Gone: there is nobody to be told.
        }
    }
}
