import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dispatch } from '../../cni/dispatch';
import type { Platform } from '../../cni/platform';
import { Netns } from '../../linux/netns/netns';
import { enterPrivateHost } from '../../linux/private-host';
import { getPlugin, isOwnNetns } from './registry';
import { rehearse } from './rehearsal';

enterPrivateHost();

const executables = mkdtempSync(join(tmpdir(), 'tsnet-executables-'));
afterAll(() => rmSync(executables, { recursive: true }));

const folder = join(executables, 'stage');

const commands: string[] = [];

/** Whose host-local is an executable of another build. */
const platform: Platform = {
  builtinIpam: {},
  isOwnNetns,
  runProcess: (spec) => {
    commands.push(spec.env.CNI_COMMAND!);
    const request = { env: spec.env, stdin: Buffer.from(spec.stdin ?? '') };
    return dispatch(request, getPlugin('host-local'), platform);
  },
};

const lookAtHost = () => ({
  links: execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' }),
  tables: execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' }),
  stage: existsSync(folder),
  state: existsSync('/run/tsnet'),
});

test('without executables nothing is rehearsed, and nothing fails', async () => {
  expect(await rehearse({ platform, executables, folder })).toBe(0);
});

test('containers come and go without a trace on the host', async () => {
  const delegate = join(executables, 'host-local');
  writeFileSync(delegate, '');
  chmodSync(delegate, 0o755);
  const before = lookAtHost();
  // an agent that was killed meanwhile
  mkdirSync(join(folder, 'rehearsal'), { recursive: true });
  writeFileSync(join(folder, 'rehearsal/192.0.2.2'), 'other\neth0');
  using home = Netns.current();
  commands.length = 0;
  const calls = await rehearse({ platform, executables, folder });
  using here = Netns.current();
  expect(here.equals(home)).toBe(true);
  expect(calls).toBeGreaterThanOrEqual(4);
  expect(commands.filter((command) => command === 'ADD')).toHaveLength(calls / 2);
  expect(lookAtHost()).toEqual(before);
  expect(before).toMatchObject({ state: false, stage: false });
});
