/** Scopes of addresses and routes: numbers and names as in linux/rtnetlink.h `enum rt_scope_t` and iproute2's rt_scopes. */
const names = new Map([
  [0, 'global'],
  [200, 'site'],
  [253, 'link'],
  [254, 'host'],
  [255, 'nowhere'],
]);

/** The name of a scope; its number in decimal when it has none. */
export function scopeName(scope: number): string {
  return names.get(scope) ?? String(scope);
}

export const RT_SCOPE_GLOBAL = 0;
export const RT_SCOPE_LINK = 253;
export const RT_SCOPE_NOWHERE = 255;
