/** Real runtimes call our executables: podman and containerd on one network, in one address pool. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ImageArchive, imageName, makeImageArchive } from './busybox-image';
import { Containerd, installPlugins, Podman, runtimeFolders } from './container-runtimes';
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
afterEach(() => host.destroy());

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
    const podman = new Podman(host, archive.path);
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

it('containers of podman and containerd share a network and its addresses', async () => {
  installPlugins(host, [conflist('1.0.0')]);
  const podman = new Podman(host, archive.path);
  const containerd = await Containerd.start(host, archive.path);
  try {
    const before = takeSnapshot(host, { except: ['pod0'] });
    podman.ok('run', '-d', '--name', 'web', imageName, ...serve('from-podman', '80'));
    const task = containerd.start('web', ...serve('from-containerd', '80'));
    const ended = new Promise((resolve) => task.on('close', resolve));
    expect(await fetchPage('http://10.88.0.3/')).toBe('from-containerd\n');
    expect(podman.ok('exec', 'web', 'wget', '-q', '-O', '-', 'http://10.88.0.3/')).toBe('from-containerd');
    expect(containerd.run('client', 'wget', '-q', '-O', '-', 'http://10.88.0.2/').stdout.trim()).toBe(
      'from-podman',
    );
    containerd.exec('task', 'kill', '-s', 'KILL', 'web');
    await ended;
    podman.ok('rm', '-f', '-t', '0', 'web');
    const after = takeSnapshot(host, { except: ['pod0'] });
    expect(after.namespaces).toEqual(before.namespaces);
    expect(after.files.filter((line) => line.includes('/var/lib/cni/'))).toEqual([]);
  } finally {
    containerd.stop();
  }
}, 120_000);
