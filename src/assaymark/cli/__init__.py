"""Commands: <noun> <verb>. `cli.main` loads a command's module only when it is called."""
