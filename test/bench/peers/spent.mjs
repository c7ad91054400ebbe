import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

// Loaded before another program: when that ends, says by how many KB the process, its threads among them, had grown at most, and how
// many ms of the processor they took.
const report = process.env.PARLEY_BENCH_REPORT;
if (isMainThread && report) {
  const before = process.memoryUsage.rss() / 1024;
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    const growth = process.resourceUsage().maxRSS - before;
    writeFileSync(report, JSON.stringify({ growth, work: (user + system) / 1000 }));
  });
}
