/** What a network configuration list must look like before any of its plugins is started (SPEC.md, section 1). */
import * as v from 'valibot';
import { verifyPluginName } from '../identifiers';
import { allVersions, parseVersion } from '../versions';

function passes(verify: (text: string) => void) {
  return (text: string): boolean => {
    try {
      verify(text);
      return true;
    } catch {
      return false;
    }
  };
}

const version = v.pipe(v.string(), v.check(passes(parseVersion), 'expected a version such as "1.1.0"'));

/** A boolean; disableCheck was specified as a string once. */
const flag = v.optional(
  v.union(
    [
      v.boolean(),
      v.pipe(
        v.string(),
        v.toLowerCase(),
        v.picklist(['true', 'false']),
        v.transform((text) => text === 'true'),
      ),
    ],
    'expected true or false',
  ),
  false,
);

/** One plugin of a list. All keys but these belong to the plugin and pass through unread. */
const plugin = v.looseObject({
  type: v.pipe(v.string(), v.check(passes(verifyPluginName), 'expected the file name of a plugin')),
  capabilities: v.optional(v.record(v.string(), v.boolean())),
});

export type PluginConfig = v.InferOutput<typeof plugin>;

export const pluginsSchema = v.object({ plugins: v.array(plugin) });

export const conflistSchema = v.object({
  cniVersion: v.optional(v.union([v.literal(''), version], 'expected a version such as "1.1.0"')),
  cniVersions: v.optional(v.array(version), []),
  disableCheck: flag,
  disableGC: flag,
  loadOnlyInlinedPlugins: flag,
  plugins: v.optional(v.pipe(v.array(plugin), v.minLength(1, 'no plugins in list'))),
});

/**
 * The newest version that this suite speaks of those offered; `stated` when it speaks none (SPEC.md, `cniVersions`).
 */
export function chooseVersion(stated: string, offered: readonly string[]): string {
  const choices = [stated, ...offered];
  return allVersions.findLast((known) => choices.includes(known)) ?? stated;
}
