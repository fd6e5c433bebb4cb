import { logLevels } from '../../agent/log';
import { defineCommand } from '../command';
import { UsageError } from '../failure';
import { socketOption } from './socket-option';
import { agentStatus } from './status';

export const agent = defineCommand({
  command: 'agent',
  describe: 'Serve CNI calls for the installed clients, until SIGTERM',
  builder: (yargs) =>
    socketOption(yargs.command(agentStatus))
      .option('foreground', {
        type: 'boolean',
        default: true,
        describe: 'stay in the foreground, which it always does',
      })
      .option('log-level', {
        type: 'string',
        requiresArg: true,
        choices: logLevels,
        default: 'info' as const,
        describe: 'debug: a line for each call',
      })
      .example('$0 agent', 'what tsnet-agent.service runs')
      .example('$0 agent status', 'whether it runs, and what it has done'),
  handler: async ({ socket, foreground, logLevel }) => {
    if (!foreground)
      throw new UsageError('option --foreground: false, expected a service manager to do that');
    const { runAgent } = await import('../../agent/agent');
    // sockets and calls that were given up would keep the process
    process.exit(await runAgent({ socket, logLevel }));
  },
});
