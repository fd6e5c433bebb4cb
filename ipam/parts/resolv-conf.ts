/** resolv.conf(5) to the `dns` object of a result. */
import type { Dns } from '../../cni/result';

/** Lines that are comments, incomplete or of another kind are passed over. */
export function parseResolvConf(text: string): Dns {
  const nameservers: string[] = [];
  const search: string[] = [];
  const options: string[] = [];
  let domain: string | undefined;
  for (const line of text.split('\n')) {
    if (/^\s*[#;]/.test(line)) continue;
    const [keyword, ...values] = line.trim().split(/\s+/);
    if (values.length === 0) continue;
    if (keyword === 'nameserver') nameservers.push(values[0]!);
    else if (keyword === 'domain') domain = values[0]!;
    else if (keyword === 'search') search.push(...values);
    else if (keyword === 'options') options.push(...values);
  }
  return {
    ...(nameservers.length > 0 && { nameservers }),
    ...(domain !== undefined && { domain }),
    ...(search.length > 0 && { search }),
    ...(options.length > 0 && { options }),
  };
}
