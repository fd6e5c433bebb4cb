/** `tsnet install --agent`: the agent as a service of systemd, which a script stands in for. */
import { join } from 'node:path';
import { build, dist, InstallHost } from './install-suite';

const units = ['tsnet-agent.service', 'tsnet-agent.socket'];

let on: InstallHost;
beforeAll(async () => {
  on = await InstallHost.create();
});
beforeEach(() => on.clear());
afterAll(() => on.destroy());

describe('--agent', () => {
  const unit = (name: string) => on.host.sh(`cat /etc/systemd/system/${name}`);
  const path = '/run/fake-systemctl';

  /** A systemctl that writes down what it is asked, and systemd's sign of life. */
  function fakeSystemd(): { env: Record<string, string>; calls: () => string[] } {
    on.host.sh(`mkdir -p ${path} /run/systemd/system; : > /run/calls`);
    on.host.exec(['tee', `${path}/systemctl`], { input: '#!/bin/sh\necho "$*" >> /run/calls\n' });
    on.host.sh(`chmod +x ${path}/systemctl`);
    const calls = () => on.host.sh('cat /run/calls; : > /run/calls').split('\n').filter(Boolean);
    return { env: { PATH: `${path}:${process.env.PATH}` }, calls };
  }

  test('without systemd: the units are placed, and it is told how to start the agent, which then serves', async () => {
    const { steps } = on.change('install', dist, '--agent');
    const command = `${process.execPath} ${on.cni}/.tsnet/${build}/bin/tsnet agent`;
    expect(steps).toContainEqual({
      did: 'noted',
      what: 'no systemd runs here',
      note: `start the agent by hand: ${command}`,
    });
    expect(unit('tsnet-agent.service')).toContain(`\nExecStart=${command}\n`);
    expect(unit('tsnet-agent.socket')).toContain('ListenStream=/run/tsnet/agent.sock');

    const agent = on.host.start(command.split(' '));
    await new Promise<void>((resolve, reject) => {
      agent.stderr!.on('data', (text) => String(text).includes(' serves ') && resolve());
      agent.once('exit', (code) => reject(new Error(`agent ended: ${code}`)));
    });
    on.host.sh(`rm ${on.cni}/.tsnet/${build}/bin/bridge`);
    expect(on.answerOf('bridge')).toBe('ours');
    const ended = new Promise((resolve) => agent.once('exit', resolve));
    agent.kill('SIGTERM');
    await ended;
  });

  test('with systemd: started, left alone while nothing changes, restarted by an update, removed', () => {
    const { env, calls } = fakeSystemd();
    const run = (from: string, ...args: string[]) => on.tsnet([...args, '--cni-dir', on.cni], from, { env });
    expect(run(dist, 'install', '--agent').stdout).toContain('started tsnet-agent.service\n');
    expect(calls()).toEqual([
      '--version',
      'daemon-reload',
      `enable --quiet ${[...units].reverse().join(' ')}`,
      'start tsnet-agent.socket',
      'restart tsnet-agent.service',
    ]);
    expect(run(dist, 'install', '--agent').stdout).toMatch(/^nothing changed/);
    expect(calls()).not.toContain('restart tsnet-agent.service');
    expect(run(on.second, 'install').code).toBe(0);
    expect(calls()).toContain('restart tsnet-agent.service');
    expect(unit('tsnet-agent.service')).toContain('/.tsnet/2222222222222222/bin/tsnet agent');
    expect(run(on.second, 'uninstall').stdout).toContain('stopped tsnet-agent.service\n');
    expect(calls()).toEqual([
      '--version',
      `disable --now --quiet ${[...units].reverse().join(' ')}`,
      'daemon-reload',
    ]);
    expect(on.host.sh('ls -A /etc/systemd/system')).toBe('');
  });

  test('an installation elsewhere leaves the service alone', () => {
    const { env, calls } = fakeSystemd();
    on.tsnet(['install', '--agent', '--cni-dir', on.cni], dist, { env });
    calls();
    const other = join(on.work, 'cni/other');
    expect(on.tsnet(['install', '--cni-dir', other], on.second, { env }).code).toBe(0);
    expect(on.tsnet(['uninstall', '--cni-dir', other], on.second, { env }).code).toBe(0);
    expect(calls()).toEqual([]);
    expect(unit('tsnet-agent.service')).toContain(`${on.cni}/.tsnet/${build}/bin/tsnet agent`);
  });

  test('what systemd refuses is told', () => {
    const { env } = fakeSystemd();
    on.host.exec(['tee', `${path}/systemctl`], {
      input: '#!/bin/sh\n[ "$1" = --version ] || { echo refused >&2; exit 1; }\n',
    });
    const done = on.tsnet(['install', '--agent', '--cni-dir', on.cni], dist, { env });
    expect(done).toMatchObject({ code: 1, stderr: expect.stringContaining('refused') });
    expect(on.answerOf('bridge')).toBe('ours');
  });
});
