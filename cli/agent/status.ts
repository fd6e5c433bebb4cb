import type { AgentStatus } from '../../agent/cni/status';
import { defineCommand } from '../command';
import { formatDuration } from '../container-row';
import { printJson } from '../table';
import { socketOption } from './socket-option';

function printStatus({ version, build, pid, uptime, memory, calls }: AgentStatus): void {
  console.log(`version ${version}, build ${build}`);
  console.log(`process ${pid}, for ${formatDuration(uptime * 1000)}, ${Math.round(memory / 2 ** 20)} MiB`);
  console.log(
    `calls: ${calls.running} running, ${calls.served} served (${calls.failed} failed), ${calls.refused} left to clients`,
  );
}

export const agentStatus = defineCommand({
  command: 'status',
  describe: 'Ask the agent how it is',
  builder: (yargs) =>
    socketOption(yargs)
      .option('json', { type: 'boolean', default: false, describe: 'as a JSON object' })
      .example('$0 agent status', 'fails when no agent answers'),
  handler: async ({ socket, json }) => {
    const { askStatus } = await import('../../agent/cni/ask');
    const status = await askStatus(socket);
    if (json) printJson(status);
    else printStatus(status);
  },
});
