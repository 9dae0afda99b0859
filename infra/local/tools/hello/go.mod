module dev.taskwake/infra/local/tools/hello

go 1.24.6
