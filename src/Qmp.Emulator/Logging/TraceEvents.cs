using System.IO.Enumeration;

namespace Qmp.Emulator.Logging;

/// <summary>The trace events that there are. A test compares them with what the code logs.</summary>
public static class TraceEvents
{
    /// <summary>Their names, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "cpu_throttle_set",
        "fault",
        "handle_qmp_command",
        "loadvm_approve_switchover",
        "loadvm_approve_switchover_legacy",
        "loadvm_process_command",
        "migrate_error",
        "migrate_send_rp_pong",
        "migrate_send_rp_req_pages",
        "migrate_transferred",
        "migration_bitmap_sync_end",
        "migration_request_switchover_ack_legacy",
        "migration_set_incoming_channel",
        "migration_set_outgoing_channel",
        "migration_set_state",
        "monitor_protocol_event_emit",
        "monitor_qmp_connected",
        "monitor_qmp_disconnected",
        "monitor_qmp_respond",
        "postcopy_pause_fast_load",
        "qemu_savevm_query_pending",
        "runstate_set",
        "savevm_section_start",
        "source_return_path_thread_pong",
        "source_return_path_thread_switchover_acked",
        "tls_creds_readable_by_others",
        "tls_handshake_complete",
        "tls_handshake_dropped",
        "vfio_approve_switchover",
        "vfio_migration_set_state",
        "vfio_query_precopy_size",
        "vfio_query_precopy_size_request_switchover_ack",
        "vfio_send_init_data_flag",
        "vmstate_load",
    ];

    /// <summary>What <c>-trace help</c> prints.</summary>
    public static string Help => string.Concat(Names.Select(name => name + "\n"));

    /// <summary>The warning about a pattern that no event matches; <see langword="null"/> for others.</summary>
    public static string? Complaint(string pattern)
    {
        if (Names.Any(name => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false))) return null;
        return pattern.AsSpan().ContainsAny('*', '?')
            ? $"warning: no trace event matches '{pattern}'"
            : $"warning: trace event '{pattern}' does not exist";
    }
}
