/** CNI calls: what container runtimes start as executables, done by this process. */
import { createServer } from 'node:net';
import { getSurroundings } from '../../linux/surroundings';
import type { Log } from '../log';
import type { Room } from '../room';
import { type Desk, serveConnection } from './connection';
import { Ledger } from './ledger';
import { listen } from './listening';
import { warmUp } from './warm-up';

/** Milliseconds that running calls get when the agent ends. */
const patienceAtEnd = 20_000;
/** Connections at once; what comes on top is closed, and those clients execute. */
const mostConnections = 2_000;

export function cniRoom({ socket: path, log }: { socket: string; log: Log }): Room {
  const desk: Desk = { own: getSurroundings('self'), ledger: new Ledger(), log, open: true };
  const server = createServer({ allowHalfOpen: true }, (socket) => serveConnection(socket, desk));
  server.maxConnections = mostConnections;
  return {
    name: 'cni',
    async open() {
      await warmUp(`${path}.rehearsal`);
      await listen(server, path);
      // such as no descriptor left for a connection: the next one may find one
      server.on('error', (error) => log.error(`accept connection: ${error.message}`));
    },
    async close() {
      desk.open = false;
      server.close();
      const left = await desk.ledger.drain(patienceAtEnd);
      if (left > 0) log.error(`${left} calls are given up`);
    },
  };
}
