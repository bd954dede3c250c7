return await Agora.Spark.Executor.ExecutorProgram.RunAsync();
