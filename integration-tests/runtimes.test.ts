/** Real runtimes call our executables: podman and containerd on one network, in one address pool. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ImageArchive, imageName, makeImageArchive } from './busybox-image';
import { Containerd, installPlugins, Podman, runtimeFolders, Tsnet } from './container-runtimes';
import { PrivateHost } from './private-host';
import { takeSnapshot } from './snapshot';

let archive: ImageArchive;
let host: PrivateHost;

beforeAll(() => {
  archive = makeImageArchive();
});
afterAll(() => archive.remove());
beforeEach(async () => {
  host = await PrivateHost.create({ cgroups: true, empty: runtimeFolders });
});
afterEach(() => {
  for (const remove of leftovers.splice(0)) remove();
  host.destroy();
});

/** What takes away containers that a failed test left: their processes would outlive the private host. */
const leftovers: (() => void)[] = [];

function newPodman(): Podman {
  const podman = new Podman(host, archive.path);
  leftovers.push(() => podman.removeAll());
  return podman;
}

function newTsnet(): Tsnet {
  const tsnet = new Tsnet(host, archive.layer);
  leftovers.push(() => tsnet.removeAll());
  return tsnet;
}

async function newContainerd(): Promise<Containerd> {
  const containerd = await Containerd.start(host, archive.path);
  leftovers.push(() => containerd.stop());
  return containerd;
}

function conflist(cniVersion: string) {
  return {
    cniVersion,
    name: 'tsnet',
    plugins: [
      {
        type: 'bridge',
        bridge: 'pod0',
        isDefaultGateway: true,
        ipMasq: true,
        hairpinMode: true,
        ipam: { type: 'host-local', ranges: [[{ subnet: '10.88.0.0/16' }], [{ subnet: 'fd88::/64' }]] },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
}

/** Waits, for a bounded time, until an HTTP server answers, and gives its page. */
async function fetchPage(url: string): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const page = host.exec(['curl', '-sfgm', '2', url]);
    if (page.code === 0) return page.stdout;
    await sleep(100);
  }
  throw new Error(`no answer from ${url}`);
}

const serve = (text: string, port: string) => [
  'sh',
  '-c',
  `echo ${text} >/www/index.html; exec httpd -f -p ${port} -h /www`,
];

test.each(['0.4.0', '1.0.0'])(
  'podman runs containers on a %s conflist and leaves nothing behind',
  async (version) => {
    installPlugins(host, [conflist(version)]);
    const podman = newPodman();
    const before = takeSnapshot(host, { except: ['pod0'] });

    podman.ok('run', '-d', '--name', 'web', '-p', '8080:80', imageName, ...serve('from-podman', '80'));
    expect(await fetchPage('http://127.0.0.1:8080/')).toBe('from-podman\n');
    expect(await fetchPage('http://10.88.0.1:8080/')).toBe('from-podman\n');
    const address = podman.ok('inspect', '-f', '{{.NetworkSettings.Networks.tsnet.IPAddress}}', 'web');
    expect(podman.ok('run', '--rm', imageName, 'wget', '-q', '-O', '-', `http://${address}/`)).toBe(
      'from-podman',
    );
    expect(podman.ok('run', '--rm', imageName, 'wget', '-q', '-O', '-', 'http://[fd88::2]/')).toBe(
      'from-podman',
    );
    // Hairpin: the container reaches itself by the published port
    expect(podman.ok('exec', 'web', 'wget', '-q', '-O', '-', 'http://10.88.0.1:8080/')).toBe('from-podman');
    const taken = podman.exec('run', '--rm', '-p', '8080:80', imageName, 'true');
    expect([taken.code, taken.stderr]).toEqual([126, expect.stringMatching(/8080/)]);

    podman.ok('rm', '-f', '-t', '0', 'web');
    const after = takeSnapshot(host, { except: ['pod0'] });
    expect(after.namespaces).toEqual(before.namespaces);
    expect(after.files.filter((line) => line.includes('/var/lib/cni/'))).toEqual([]);
  },
  120_000,
);

it('containers of podman, containerd and tsnet share a network, its addresses and published ports', async () => {
  installPlugins(host, [conflist('1.0.0')]);
  const podman = newPodman();
  const tsnet = newTsnet();
  const containerd = await newContainerd();
  const before = takeSnapshot(host, { except: ['pod0'] });
  podman.ok('run', '-d', '--name', 'web', '-p', '8081:80', imageName, ...serve('from-podman', '80'));
  tsnet.ok(
    'run',
    '-d',
    '--name',
    'web',
    '--network',
    'tsnet',
    '-p',
    '8082:80',
    'busybox',
    ...serve('from-tsnet', '80'),
  );
  const task = containerd.start('web', ...serve('from-containerd', '80'));
  const ended = new Promise((resolve) => task.on('close', resolve));

  const pages = { '10.88.0.2': 'from-podman', '10.88.0.3': 'from-tsnet', '10.88.0.4': 'from-containerd' };
  for (const [address, page] of Object.entries(pages)) {
    const url = `http://${address}/`;
    const get = ['wget', '-q', '-O', '-', url];
    expect(await fetchPage(url)).toBe(`${page}\n`);
    expect(podman.ok('exec', 'web', ...get)).toBe(page);
    expect(tsnet.ok('exec', 'web', ...get)).toBe(page);
    expect(containerd.run('client', ...get).stdout.trim()).toBe(page);
  }
  expect(await fetchPage('http://127.0.0.1:8081/')).toBe('from-podman\n');
  expect(await fetchPage('http://127.0.0.1:8082/')).toBe('from-tsnet\n');
  expect(podman.ok('exec', 'web', 'wget', '-q', '-O', '-', 'http://10.88.0.1:8082/')).toBe('from-tsnet');
  expect(tsnet.ok('exec', 'web', 'wget', '-q', '-O', '-', 'http://10.88.0.1:8081/')).toBe('from-podman');
  expect(tsnet.exec('run', '--rm', '--network', 'tsnet', '-p', '8081:80', 'busybox', 'true')).toMatchObject({
    code: 125,
    stderr: expect.stringContaining('8081'),
  });

  containerd.exec('task', 'kill', '-s', 'KILL', 'web');
  await ended;
  podman.ok('rm', '-f', '-t', '0', 'web');
  tsnet.ok('rm', '-f', 'web');
  const after = takeSnapshot(host, { except: ['pod0'] });
  expect(after.namespaces).toEqual(before.namespaces);
  expect(after.files.filter((line) => line.includes('/var/lib/cni/'))).toEqual([]);
}, 120_000);

it('tsnet removes with a container what was plugged in by hand', () => {
  installPlugins(host, [conflist('1.0.0')]);
  const tsnet = newTsnet();
  const before = takeSnapshot(host, { except: ['docker0'] });
  tsnet.ok('run', '-d', '--name', 'manual', '--network', 'null', 'busybox', 'sleep', '60');
  tsnet.ok('bridge', 'add', 'manual');
  expect(tsnet.ok('exec', 'manual', 'ip', 'addr')).toContain('172.17.0.2/16');
  tsnet.ok('rm', '-f', 'manual');
  const after = takeSnapshot(host, { except: ['docker0'] });
  expect(after.namespaces).toEqual(before.namespaces);
  expect(after.files.filter((line) => line.includes('/var/lib/cni/'))).toEqual([]);
});

it('tsnet inspects, checks and takes over an attachment that podman made', () => {
  installPlugins(host, [conflist('1.0.0')]);
  const podman = newPodman();
  const tsnet = newTsnet();
  const id = podman.ok(
    'run',
    '-d',
    '--name',
    'web',
    '-p',
    '8080:80',
    imageName,
    ...serve('from-podman', '80'),
  );
  const { attachments } = JSON.parse(tsnet.ok('network', 'inspect', 'tsnet', '--json'));
  expect(attachments).toEqual([expect.objectContaining({ containerId: id, ifName: 'eth0' })]);
  const netns = podman.ok('inspect', '-f', '{{.NetworkSettings.SandboxKey}}', 'web');
  expect(tsnet.ok('check', 'tsnet', netns, '--container-id', id)).toBe('');
  tsnet.ok('detach', 'tsnet', netns, '--container-id', id);
  expect(
    host.sh('ip -br link show master pod0; ls /var/lib/cni/results; iptables-save | grep -c TSNET || true'),
  ).toBe('0\n');
  podman.ok('rm', '-f', '-t', '0', 'web');
});
