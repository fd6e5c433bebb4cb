/** systemd units as text (systemd.service(5)). */

/** Whose program a unit starts. */
export interface Program {
  /** Absolute paths. */
  node: string;
  bundle: string;
}

/** One word of a command line: quoted, with what systemd would expand escaped. */
function word(text: string): string {
  const escaped = text.replaceAll(/["\\]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /[\s"'\\;]/.test(text) ? `"${escaped}"` : escaped;
}

/** The unit with its `ExecStart=… agent` starting this program; a unit without one stays as it is. */
export function withProgram(unit: string, { node, bundle }: Program): string {
  return unit.replace(/^ExecStart=.*?(?= agent\b)/m, () => `ExecStart=${word(node)} ${word(bundle)}`);
}

/** Whether a unit starts a program from below `folder`. */
export function startsFrom(unit: string, folder: string): boolean {
  const start = /^ExecStart=(.*)$/m.exec(unit)?.[1] ?? '';
  return start.includes(word(`${folder}/`).replace(/"$/, ''));
}
