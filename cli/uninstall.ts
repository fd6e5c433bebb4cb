import { defineCommand } from './command';
import { cniDirOption } from './installation/options';
import { printJson } from './table';

export const uninstall = defineCommand({
  command: 'uninstall',
  describe: 'Undo "install": remove the CNI plugins and the agent, put back what was there before',
  builder: (yargs) =>
    cniDirOption(yargs)
      .option('json', { type: 'boolean', default: false, describe: 'one JSON object' })
      .example('$0 uninstall', 'from /opt/cni/bin')
      .example('$0 uninstall --cni-dir /usr/libexec/cni', 'from another folder'),
  handler: async ({ cniDir: folder, json }) => {
    const { uninstall } = await import('./installation/uninstall');
    const { createReport } = await import('./installation/report');
    const report = createReport(json);
    const cniDir = await uninstall(folder, report.tell);
    const changed = report.steps.length > 0;
    if (json) return printJson({ cniDir, changed, steps: report.steps });
    if (!changed) console.log(`nothing changed: tsnet is not installed in ${cniDir}`);
  },
});
