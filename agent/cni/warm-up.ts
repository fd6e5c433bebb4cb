/** What would make the first call slow is done before there is one. */
import { dirname } from 'node:path';
import { dispatch } from '../../cni/dispatch';
import { runProcess } from '../../linux/command';
import { openRtnl } from '../../linux/rtnl/open';
import { builtinIpam, getPlugin, isOwnNetns, listTypes } from './registry';
import { rehearse } from './rehearsal';

/**
 * @param folder for what is tried; it is gone afterwards
 * @throws Error when FFI cannot load: the agent is of no use then
 */
export async function warmUp(folder: string): Promise<void> {
  using rtnl = openRtnl();
  rtnl.listLinks();
  const platform = { builtinIpam, isOwnNetns, runProcess };
  const request = { env: { CNI_COMMAND: 'VERSION' }, stdin: Buffer.from('{"cniVersion":"1.1.0"}') };
  for (const type of listTypes()) await dispatch(request, getPlugin(type), platform);
  await rehearse({ platform, executables: dirname(process.argv[1]!), folder });
}
