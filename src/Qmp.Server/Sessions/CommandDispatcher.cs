using System.Runtime.CompilerServices;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;
using Serilog.Events;

namespace Qmp.Server.Sessions;

/// <summary>One of a session's two ways to run commands, in-band and out-of-band: one command at a time each.</summary>
/// <remarks>
/// <see cref="Start"/> and <see cref="Settle"/> are for the session's reader. The command itself runs where
/// its queue runs it; it writes its reply there, before the queue turns to the next command, so that no event of a later
/// command can come before the reply of an earlier one.
/// </remarks>
internal sealed class CommandDispatcher : IDisposable
{
    private readonly MonitorSession _session;
    private readonly MonitorServices _services;
    private readonly bool _isInBand;
    private readonly MessageWriter _writer;
    private readonly JsonInputVisitor _arguments;
    private readonly Action _onCompleted;
    private JsonMessage? _message;
    private string? _syntaxError;
    private RequestEnvelope _envelope;
    private bool _silent;
    private ValueTaskAwaiter _running;
    private volatile bool _completed;
    private volatile bool _executing;

    public CommandDispatcher(MonitorSession session, MonitorServices services, bool pretty, bool isInBand)
    {
        _session = session;
        _services = services;
        _isInBand = isInBand;
        _writer = new MessageWriter(pretty, services.Policy);
        _arguments = new JsonInputVisitor(policy: services.Policy);
        _onCompleted = () =>
        {
            _completed = true;
            _session.WakeReader();
        };
    }

    /// <summary>Whether a command was started and has not been settled.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>Whether a command is being run at this moment, not only waiting for its turn.</summary>
    public bool IsExecuting => _executing;

    /// <summary>Runs a request, at best within the call.</summary>
    /// <param name="message">The request, unless it is malformed.</param>
    /// <param name="syntaxError">What is wrong with it if it is.</param>
    public void Start(JsonMessage? message, string? syntaxError)
    {
        _message = message;
        _syntaxError = syntaxError;
        ValueTask running = _isInBand
            ? _services.Queue.RunAsync(static dispatcher => ((CommandDispatcher)dispatcher).ExecuteAsync(), this)
            : ExecuteAsync();
        if (running.IsCompleted)
        {
            running.GetAwaiter().GetResult();
            return;
        }

        IsBusy = true;
        _completed = false;
        _running = running.GetAwaiter();
        _running.UnsafeOnCompleted(_onCompleted);
    }

    /// <summary>Notes the end of a command that took its time.</summary>
    public void Settle()
    {
        if (!IsBusy || !_completed) return;
        IsBusy = false;
        _running.GetResult();
    }

    /// <summary>The message of the last command, to be used again.</summary>
    public JsonMessage? TakeMessage()
    {
        JsonMessage? message = _message;
        _message = null;
        return message;
    }

    public void Dispose() => _writer.Dispose();

    private ValueTask ExecuteAsync()
    {
        // The client left, or the server is closing, while the command waited for its turn.
        if (_session.IsEnding) return default;
        _executing = true;
        try
        {
            if (Invoke(out ValueTask<CommandResult> invoked))
            {
                if (!invoked.IsCompletedSuccessfully) return FinishAsync(invoked);
                Return(invoked.Result);
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }

        _executing = false;
        return default;
    }

    private async ValueTask FinishAsync(ValueTask<CommandResult> pending)
    {
        try
        {
            Return(await pending.ConfigureAwait(OrderedContext.IsCurrent));
        }
        catch (Exception e)
        {
            Fail(e);
        }

        _executing = false;
    }

    /// <returns>Whether the command was begun; else the request was refused and answered.</returns>
    private bool Invoke(out ValueTask<CommandResult> invoked)
    {
        invoked = default;
        _envelope = RequestEnvelope.Empty;
        if (_message is null) return Refuse(QmpError.Generic(_syntaxError!));
        _envelope = RequestEnvelope.Read(_message, _session.OutOfBandEnabled);
        if (_envelope.Error is not null) return Refuse(QmpError.Generic(_envelope.Error));
        if (_services.Logger.IsEnabled(LogEventLevel.Debug))
        {
            _services.Logger.Debug("handle_qmp_command {Monitor:l} {Request:l}", _session.MonitorId, TraceText.Of(_message));
        }

        QmpError? error = _services.Lookup.Find(
            _message, _envelope, _session.IsNegotiated, out RegisteredCommand? command);
        if (error is not null) return Refuse(error);

        if (_envelope.Arguments < 0) _arguments.Reset(null);
        else _arguments.Reset(_message, _envelope.Arguments);
        _silent = command!.Descriptor.Options.HasFlag(CommandOptions.NoSuccessResponse);
        invoked = command.Descriptor.Invoke(command.Target(_session), _arguments, _session.Gone);
        return true;
    }

    private bool Refuse(QmpError error)
    {
        _writer.WriteError(_message, _envelope.Id, error);
        Send();
        return false;
    }

    private void Return(CommandResult result)
    {
        if (_silent) return;
        result.Write(_writer.BeginReturn(), "return"u8);
        _writer.EndReturn(_message, _envelope.Id);
        Send();
    }

    private void Fail(Exception exception)
    {
        QmpError? error = exception switch
        {
            VisitorException => QmpError.Generic(exception.Message),
            CommandException refusal => refusal.Error,
            OperationCanceledException when _session.Gone.IsCancellationRequested => null,
            _ => _services.MapException(exception) ?? Unexpected(exception),
        };
        if (error is null) return;
        if (!_session.IsNegotiated && error.Class == QmpError.CommandNotFound) error = CommandLookup.NotNegotiated;
        // The result may have failed half-way through its own writing.
        _writer.Output.Clear();
        _writer.WriteError(_message, _envelope.Id, error);
        Send();
    }

    private QmpError Unexpected(Exception exception)
    {
        string name = _message is null ? "" : _message.StringAt(_envelope.Command);
        _services.Logger.Error(exception, "monitor_qmp_command_failed {Monitor} {Command}", _session.MonitorId, name);
        return QmpError.Generic($"The command {name} failed unexpectedly");
    }

    private void Send()
    {
        if (_services.Logger.IsEnabled(LogEventLevel.Debug))
        {
            _services.Logger.Debug(
                "monitor_qmp_respond {Monitor:l} {Response:l}", _session.MonitorId, TraceText.Of(_writer.Output.Span));
        }

        _session.Send(_writer.Output.Span);
        _writer.Output.Clear();
    }
}
