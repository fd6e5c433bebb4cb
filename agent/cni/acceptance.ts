/**
 * What the agent does not do for a client, because the executable would do it differently. The client then executes it:
 * a refusal costs time, never a result.
 */
import { isAbsolute, normalize } from 'node:path';
import { buildIdentity } from '../../cni/build-marker';
import { splitPath } from '../../cni/environment';
import type { PeerCredentials } from '../../linux/peer-credentials';
import { areEqual, getSurroundings, type Surroundings } from '../../linux/surroundings';
import type { CallRequest } from './frames';
import { hasPlugin } from './registry';

/** Paths that every process has its own of. */
const callersOwn = /^\/(proc\/(self|thread-self)|dev\/(fd|stdin|stdout|stderr))(\/|$)/;

/** Keys of configurations that hold a path, with a value that is not absolute: it is relative to the caller. */
const relativeValue = /"(datadir|resolvconf)"\s*:\s*"(?!\/)/i;

/** Why a call is not for this agent, in words for the log; undefined when it is. */
export function findRefusal({ build, type, env, stdin }: CallRequest): string | undefined {
  if (build !== buildIdentity)
    return `build ${JSON.stringify(build)} is not ${JSON.stringify(buildIdentity)}`;
  if (!hasPlugin(type)) return `unknown type ${JSON.stringify(type)}`;
  // it looks at no path, and libcni asks with a netns of "dummy"
  if (env.CNI_COMMAND === 'VERSION') return undefined;
  const paths = [...splitPath(env.CNI_PATH ?? ''), ...(env.CNI_NETNS ? [env.CNI_NETNS] : [])];
  const own = paths.find((path) => !isAbsolute(path) || callersOwn.test(normalize(path)));
  if (own !== undefined) return `${JSON.stringify(own)} means something else to the caller`;
  if (relativeValue.test(stdin.toString('latin1')))
    return 'the configuration has paths relative to the caller';
  return undefined;
}

/**
 * Why a client is not of this host; undefined when it is.
 *
 * The process could end while it is looked at and its number go to another. Then its connection is closed, and writing
 * the acceptance fails: nothing is done for it.
 */
export function findStranger({ pid, uid }: PeerCredentials, own: Surroundings): string | undefined {
  if (uid !== process.geteuid?.()) return `user ${uid} may not ask`;
  try {
    return areEqual(getSurroundings(pid), own) ? undefined : `process ${pid} is on another host`;
  } catch {
    return `process ${pid} cannot be looked at`;
  }
}
