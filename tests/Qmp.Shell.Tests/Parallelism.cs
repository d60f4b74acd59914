// They wait for programs.
[assembly: LevelOfParallelism(6)]
