import type { ContainerRecord, ContainerState } from '../runtime/store/container-record';
import { defineCommand } from './command';
import { formatCommand, formatDuration, formatPort, formatStatus } from './container-row';
import { printJson, printTable } from './table';

const header = ['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'];

interface Listed {
  record: ContainerRecord;
  state: ContainerState;
}

function row({ record, state }: Listed): string[] {
  const now = new Date();
  return [
    record.id.slice(0, 12),
    record.image,
    formatCommand(record.command),
    `${formatDuration(now.getTime() - new Date(record.created).getTime())} ago`,
    formatStatus(record, state, now),
    state.status === 'running' ? record.ports.map(formatPort).join(', ') : '',
    record.name,
  ];
}

function describe({ record, state }: Listed) {
  const { id, name, image, command, created, ports } = record;
  return { id, name, image, command, created, ports, ...state };
}

export const ps = defineCommand({
  command: 'ps',
  describe: 'List containers',
  builder: (yargs) =>
    yargs
      .option('all', { alias: 'a', type: 'boolean', default: false, describe: 'also those that do not run' })
      .option('quiet', { alias: 'q', type: 'boolean', default: false, describe: 'ids only' })
      .option('json', { type: 'boolean', default: false, describe: 'as a JSON array' })
      .example('$0 ps -a', 'every container'),
  handler: async ({ all, quiet, json }) => {
    const { containerState } = await import('../runtime/container/container');
    const { listRecords } = await import('../runtime/store/container-store');
    const listed = listRecords()
      .map((record) => ({ record, state: containerState(record) }))
      .filter(({ state }) => all || state.status === 'running');
    if (json) printJson(listed.map(describe));
    else if (quiet) for (const { record } of listed) console.log(record.id.slice(0, 12));
    else printTable(header, listed.map(row));
  },
});
