/** What an installation does, told to whoever asked for it. */

export interface Step {
  did:
    | 'installed'
    | 'updated'
    | 'replaced'
    | 'removed'
    | 'put back'
    | 'kept'
    | 'started'
    | 'stopped'
    | 'noted';
  /** File, folder or service. */
  what: string;
  /** Where something else went, or why. */
  note?: string;
}

export type Tell = (step: Step) => void;

/** One line for a person. */
export function describeStep({ did, what, note }: Step): string {
  return `${did} ${what}${note === undefined ? '' : `: ${note}`}`;
}
