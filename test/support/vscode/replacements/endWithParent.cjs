// Loaded into the server before its own code: when the process that started it is gone, however it ended, so are the
// server and all its extension hosts. Its standard input is a pipe from that process, which then closes.
process.stdin.once('close', () => process.kill(-process.pid, 'SIGKILL'));
process.stdin.resume();
process.stdin.unref();
// Not for the processes that it forks.
process.execArgv.length = 0;
