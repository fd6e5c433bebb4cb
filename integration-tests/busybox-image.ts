/** An OCI image archive of Debian's busybox-static, made without a registry. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const applets = ['sh', 'httpd', 'wget', 'sleep', 'nc', 'ping', 'ip', 'cat', 'echo', 'true', 'ls'];
const architecture = process.arch === 'x64' ? 'amd64' : process.arch;

/** Name under which runtimes know the image. */
export const imageName = 'docker.io/library/tsnet-busybox:latest';

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

/** Writes a blob of an OCI layout (image-spec, image-layout.md). */
function putBlob(layout: string, mediaType: string, content: Buffer): Descriptor {
  const digest = createHash('sha256').update(content).digest('hex');
  writeFileSync(join(layout, 'blobs/sha256', digest), content);
  return { mediaType, digest: `sha256:${digest}`, size: content.length };
}

function makeLayer(folder: string): Buffer {
  const rootfs = join(folder, 'rootfs');
  mkdirSync(join(rootfs, 'bin'), { recursive: true });
  for (const name of ['tmp', 'root', 'www']) mkdirSync(join(rootfs, name));
  cpSync('/bin/busybox', join(rootfs, 'bin/busybox'));
  for (const applet of applets) symlinkSync('busybox', join(rootfs, 'bin', applet));
  execFileSync('tar', ['-C', rootfs, '--owner=0', '--group=0', '-cf', join(folder, 'layer.tar'), '.']);
  return readFileSync(join(folder, 'layer.tar'));
}

function writeLayout(layout: string, layer: Buffer): void {
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const oci = (kind: string) => `application/vnd.oci.image.${kind}`;
  const layerBlob = putBlob(layout, oci('layer.v1.tar'), layer);
  const config = {
    architecture,
    os: 'linux',
    config: { Env: ['PATH=/bin'], Cmd: ['sh'] },
    rootfs: { type: 'layers', diff_ids: [layerBlob.digest] },
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: oci('manifest.v1+json'),
    config: putBlob(layout, oci('config.v1+json'), json(config)),
    layers: [layerBlob],
  };
  const annotations = {
    'io.containerd.image.name': imageName,
    'org.opencontainers.image.ref.name': imageName,
  };
  const index = {
    schemaVersion: 2,
    manifests: [{ ...putBlob(layout, manifest.mediaType, json(manifest)), annotations }],
  };
  writeFileSync(join(layout, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
  writeFileSync(join(layout, 'index.json'), json(index));
}

export interface ImageArchive {
  /** The OCI archive. */
  path: string;
  /** Its only layer: a tar of the root file system. */
  layer: string;
  remove(): void;
}

/** Makes the archive in a folder of its own under the system's folder for temporary files. */
export function makeImageArchive(): ImageArchive {
  const folder = mkdtempSync(join(tmpdir(), 'tsnet-image-'));
  const layout = join(folder, 'layout');
  writeLayout(layout, makeLayer(folder));
  const path = join(folder, 'image.tar');
  execFileSync('tar', ['-C', layout, '-cf', path, '.']);
  return {
    path,
    layer: join(folder, 'layer.tar'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
