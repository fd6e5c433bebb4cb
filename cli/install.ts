import { defineCommand } from './command';
import { cniDirOption } from './installation/options';
import { printJson } from './table';

export const install = defineCommand({
  command: 'install',
  describe: 'Install the CNI plugins for container runtimes; repeated, it updates them',
  builder: (yargs) =>
    cniDirOption(yargs)
      .option('agent', {
        type: 'boolean',
        default: false,
        describe: 'also run the agent as a systemd service',
      })
      .option('json', { type: 'boolean', default: false, describe: 'one JSON object' })
      .example('$0 install', 'all CNI types, in /opt/cni/bin')
      .example('$0 install --agent', 'with the agent that makes them fast')
      .example('$0 install --cni-dir /usr/libexec/cni', 'where Fedora’s runtimes look'),
  handler: async ({ cniDir, agent, json }) => {
    const { install } = await import('./installation/install');
    const { createReport } = await import('./installation/report');
    const report = createReport(json);
    const installed = await install({ cniDir, agent }, report.tell);
    if (json) return printJson({ ...installed, changed: report.steps.length > 0, steps: report.steps });
    const summary = `build ${installed.build} with ${installed.types.length} CNI types is in ${installed.cniDir}`;
    console.log(report.steps.length > 0 ? summary : `nothing changed: ${summary} already`);
  },
});
