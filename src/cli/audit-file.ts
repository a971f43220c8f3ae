// The command `npm run audit`, started by scripts/audit.mjs.
import { createReadStream } from 'node:fs';
import { runAudit } from './run-audit';

const { stdin, stdout, stderr } = process;

// the reader of the output has closed it
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runAudit(process.argv.slice(2), {
  stdin,
  open: (file) => createReadStream(file),
  print: (text) => void stdout.write(text),
  complain: (text) => void stderr.write(text),
  // false too where NO_COLOR is set
  color: stdout.isTTY && stdout.hasColors(),
});
// a source that was not read to its end would keep the process alive
stdin.destroy();
