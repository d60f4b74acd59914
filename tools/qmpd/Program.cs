using Qmpd;

return ProcessLimits.Complaint() is { } complaint ? ProcessLimits.Refuse(complaint) : await QmpdProcess.RunAsync(args);
