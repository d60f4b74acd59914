using Demo;

return await DemoCommand.RunAsync(args);
