/** Understands what `tsnet run` was given, before anything is touched. */
import { randomBytes } from 'node:crypto';
import { hostname as hostHostname } from 'node:os';
import type { Image, ImageConfig } from '../images/image';
import { getImage } from '../images/image-store';
import { readEtcFile } from '../images/layer-file';
import { parseUser, type User } from '../images/user';
import { type LimitOptions, parseLimits } from '../options/limits';
import { parsePortMapping } from '../options/port-mapping';
import { parseVolume, type Volume } from '../options/volume';
import type { ContainerNetworks } from '../sandbox/network';
import { sandboxOwner } from '../sandbox/sandbox';
import type { ContainerRecord, NetworkMode } from '../store/container-record';
import { getRecord, requireValidName } from '../store/container-store';
import { mergeEnv, parseEnv } from './environment';
import { randomName } from './name';

/** What `tsnet run` takes, as text. */
export interface CreateOptions extends LimitOptions {
  image: string;
  command: readonly string[];
  name?: string | undefined;
  network: string;
  publish: readonly string[];
  volumes: readonly string[];
  env: readonly string[];
  hostname?: string | undefined;
  /** `user[:group]`; absent: the image's. */
  user?: string | undefined;
  detached: boolean;
  autoRemove: boolean;
}

/** The options, understood: nothing has been touched yet. */
export interface CreatePlan {
  record: ContainerRecord;
  config: ImageConfig;
  user: User;
  volumes: Volume[];
  env: string[];
  limits: ReturnType<typeof parseLimits>;
}

function parseNetwork(text: string, networks: ContainerNetworks): NetworkMode {
  if (text === 'null' || text === 'none') return { kind: 'null' };
  if (text === 'host') return { kind: 'host' };
  if (text.startsWith('container:')) return { kind: 'container', id: getRecord(text.slice(10)).id };
  networks.require(text);
  return { kind: 'conflist', name: text };
}

function commandOf(config: ImageConfig, command: readonly string[]): string[] {
  const words = [...config.entrypoint, ...(command.length > 0 ? command : config.cmd)];
  if (words.length === 0) throw new Error('create container: no command given, and the image has none');
  return words;
}

function hostnameOf(options: CreateOptions, network: NetworkMode, id: string): string {
  if (network.kind === 'container') {
    if (options.hostname)
      throw new Error('set hostname: a container that joins another has the name of that one');
    return sandboxOwner(getRecord(network.id)).hostname;
  }
  const hostname = options.hostname ?? (network.kind === 'host' ? hostHostname() : id.slice(0, 12));
  if (!/^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,62})$/.test(hostname))
    throw new Error(
      `set hostname ${JSON.stringify(hostname)}: expected up to 63 letters, digits, "-" and "."`,
    );
  return hostname;
}

function planRecord(options: CreateOptions, image: Image, network: NetworkMode): ContainerRecord {
  const id = randomBytes(32).toString('hex');
  const { detached, autoRemove } = options;
  const name = options.name ?? randomName();
  requireValidName(name);
  return {
    id,
    name,
    created: new Date().toISOString(),
    image: image.reference,
    command: commandOf(image.config, options.command),
    layers: image.layers,
    network,
    ports: options.publish.flatMap(parsePortMapping),
    addresses: [],
    hostname: hostnameOf(options, network, id),
    detached,
    autoRemove,
  };
}

function userOf(text: string, { layers }: Image): User {
  return parseUser(text, { passwd: readEtcFile(layers, 'passwd'), group: readEtcFile(layers, 'group') });
}

/** @throws Error naming the option, its value and what was expected */
export function planCreate(options: CreateOptions, networks: ContainerNetworks): CreatePlan {
  const image = getImage(options.image);
  const record = planRecord(options, image, parseNetwork(options.network, networks));
  if (record.network.kind === 'container' && record.ports.length > 0)
    throw new Error('publish port: a container that joins another is published by that one');
  const user = userOf(options.user ?? image.config.user, image);
  const env = options.env.flatMap(parseEnv);
  return {
    record,
    config: image.config,
    user,
    volumes: options.volumes.map(parseVolume),
    env: mergeEnv([...image.config.env, `HOSTNAME=${record.hostname}`, `HOME=${user.home ?? '/'}`], env),
    limits: parseLimits(options),
  };
}
