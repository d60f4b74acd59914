// Replays mostly wait.
[assembly: LevelOfParallelism(8)]
