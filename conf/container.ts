/** Configuration of the `container` plugin. */
import * as v from 'valibot';
import { networkKeys } from './network';

/** A container id as the protocol allows it (SPEC.md, CNI_CONTAINERID). */
export const containerIdPattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

const containerId = v.pipe(
  v.string(),
  v.regex(
    containerIdPattern,
    (issue) => `invalid container ${issue.received}: expected letters, digits, "_", "." or "-"`,
  ),
);

export const containerConf = v.looseObject({
  ...networkKeys,
  /** Id of the container whose network is joined. */
  container: v.optional(containerId),
  /** Beats CNI_ARGS `CONTAINER=`, which beats the key above. */
  args: v.optional(v.looseObject({ cni: v.optional(v.looseObject({ container: v.optional(containerId) })) })),
});

export type ContainerConf = v.InferOutput<typeof containerConf>;
