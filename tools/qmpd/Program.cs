using Qmpd;

return await QmpdProcess.RunAsync(args);
