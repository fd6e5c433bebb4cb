/** JSON for standard output: indented by four, as people know it from the reference plugins. */
export function toJsonText(value: object): string {
  return `${JSON.stringify(value, null, 4)}\n`;
}
