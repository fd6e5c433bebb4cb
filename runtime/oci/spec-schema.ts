/** Checks a `config.json` before anything is made of it: a person may have edited it since it was written. */
import * as v from 'valibot';
import type { OciSpec } from './spec';

const strings = v.array(v.string());
const whole = v.pipe(v.number(), v.safeInteger());
const id = v.pipe(whole, v.minValue(0), v.maxValue(0xffff_fffe));
const path = v.pipe(v.string(), v.regex(/^\//, 'expected an absolute path'));

const process = v.looseObject({
  terminal: v.boolean(),
  user: v.looseObject({ uid: id, gid: id, additionalGids: v.array(id) }),
  args: v.pipe(strings, v.minLength(1, 'expected a command')),
  env: strings,
  cwd: path,
  capabilities: v.looseObject({
    bounding: strings,
    effective: strings,
    permitted: strings,
    inheritable: strings,
    ambient: strings,
  }),
  noNewPrivileges: v.boolean(),
});

const device = v.looseObject({
  allow: v.boolean(),
  type: v.optional(v.picklist(['a', 'b', 'c'])),
  major: v.optional(whole),
  minor: v.optional(whole),
  access: v.pipe(v.string(), v.regex(/^[rwm]+$/, 'expected some of "rwm"')),
});

const resources = v.looseObject({
  devices: v.array(device),
  memory: v.optional(v.looseObject({ limit: v.optional(whole), swap: v.optional(whole) })),
  cpu: v.optional(v.looseObject({ quota: v.optional(whole), period: v.optional(whole) })),
  pids: v.optional(v.looseObject({ limit: whole })),
});

const namespaceTypes = ['pid', 'mount', 'uts', 'ipc', 'network', 'cgroup'] as const;

const spec = v.looseObject({
  ociVersion: v.string(),
  process,
  root: v.looseObject({ path, readonly: v.boolean() }),
  hostname: v.string(),
  mounts: v.array(
    v.looseObject({ destination: path, type: v.string(), source: v.string(), options: strings }),
  ),
  linux: v.looseObject({
    namespaces: v.array(v.looseObject({ type: v.picklist(namespaceTypes), path: v.optional(path) })),
    cgroupsPath: path,
    resources,
    maskedPaths: v.array(path),
    readonlyPaths: v.array(path),
  }),
});

/** @throws Error naming the file, and each key that is wrong with what was expected */
export function parseSpec(value: unknown, file: string): OciSpec {
  const parsed = v.safeParse(spec, value);
  if (parsed.success) return parsed.output as OciSpec;
  const mistakes = parsed.issues.map((issue) => {
    const key = v.getDotPath(issue) ?? 'file';
    return `${key}: ${issue.message}`;
  });
  throw new Error(`read "${file}": ${mistakes.join('; ')}`);
}
