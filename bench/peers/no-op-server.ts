// What load generators are compared on: answers every request as a purchase route would, and does nothing else.
// `POST /stall/<ms>` first holds up everything for that long. Bare sockets, so that the generator is what is slow.
import { createServer } from 'node:net';
import { nowUs } from '@/lib/clock';

const said = JSON.stringify({
  outcome: 'accepted',
  orderId: '123456',
  sku: 'race.k3v9x2m7qd.0',
  strategy: 'conditional-update',
  quantity: 1,
  remaining: 4_711,
  retries: 0,
  seen: { stock: 4_712, version: 289 },
}).slice(0, -1);
const head = [
  'HTTP/1.1 200 OK',
  'content-type: application/json; charset=utf-8',
  'x-request-id: 4f0c2f6e-3a53-4a0e-9f43-0d6f8a1b7c55',
  'date: Tue, 24 Nov 2026 12:00:00 GMT',
  'connection: keep-alive',
  'keep-alive: timeout=75',
  'content-length: ',
].join('\r\n');

/** With two steps of the present moment: others are not believed, and so would not be recorded. */
function writeAnswer(): string {
  const now = Math.floor(nowUs());
  const body = `${said},"trace":[0,${now - 2},${now - 1},1,${now - 1},${now}]}`;
  return `${head}${body.length}\r\n\r\n${body}`;
}

/** Length of the request that a text begins with; NaN while its headers are not complete. */
function lengthOf(text: string): number {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return Number.NaN;
  return end + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
}

function stall(request: string): void {
  const ms = Number(/^POST \/stall\/(\d+) /.exec(request)?.[1] ?? 0);
  if (ms > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const server = createServer({ noDelay: true }, (socket) => {
  let text = '';
  socket.on('error', () => socket.destroy());
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
    for (let length = lengthOf(text); text.length >= length; length = lengthOf(text)) {
      stall(text);
      text = text.slice(length);
      socket.write(writeAnswer());
    }
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) console.log(`ready at http://127.0.0.1:${address.port}`);
});
