/** Ways to damage by hand what the kernel holds of tsnet: for the firewall contract. */
import { execFileSync } from 'node:child_process';

const output = (file: string, ...args: string[]) => execFileSync(file, args, { encoding: 'utf8' });

export interface Edit {
  what: string;
  apply(): void;
  /** Where `ensure` does not mend it. */
  revert?(): void;
}

export function nftBreakages(family: string): (() => void)[] {
  const elements = output('nft', 'list', 'table', family, 'tsnet').matchAll(
    /(?:map|set) (\S+) \{[^}]*?elements = \{ (.*?) comment/gs,
  );
  return [
    () => output('nft', 'delete', 'table', family, 'tsnet'),
    ...[...elements].map(([, set, key]) => () => {
      output('nft', 'delete', 'element', family, 'tsnet', set!, `{ ${key} }`);
    }),
    ...listRules(family).map((rule) => () => {
      output('nft', 'delete', 'rule', family, 'tsnet', rule.chain, 'handle', handleOf(family, rule));
    }),
  ];
}

function kindOf(line: string): string {
  return line.replace(/^(-A \S+ ).*( -j \S+).*$/, '$1$2');
}

/** Each rule of ours deleted, or doubled; of rules in one chain with one target, the first stands for all. */
export function iptablesBreakages(program: string): (() => void)[] {
  return output(`${program}-save`)
    .split(/^\*/m)
    .slice(1)
    .flatMap((table) =>
      table
        .split('\n')
        .filter((line) => line.startsWith('-A') && line.includes('tsnet'))
        .filter((line, at, lines) => lines.findIndex((other) => kindOf(other) === kindOf(line)) === at)
        .flatMap((line) =>
          (line.includes('-j TSNET') ? [line.replace('-A', '-D'), line] : [line.replace('-A', '-D')]).map(
            (command) => () => {
              execFileSync(`${program}-restore`, ['--noflush'], {
                input: `*${table.split('\n')[0]}\n${command}\nCOMMIT\n`,
              });
            },
          ),
        ),
    );
}

/** Another table of the same name. */
function replaceTable(family: string, text: string): void {
  execFileSync('nft', ['-f', '-'], { input: `delete table ${family} tsnet\n${text}` });
}

export function nftEdits(family: string): Edit[] {
  const text = output('nft', 'list', 'table', family, 'tsnet');
  const revert = () => replaceTable(family, text);
  const rewritten = [
    'flags interval',
    'priority [a-z]+ \\+ 0;|priority -?[a-z0-9]+;',
    'policy accept',
  ].flatMap((words) =>
    [...text.matchAll(new RegExp(words, 'g'))].map(({ index, 0: old }) => {
      const other = old.startsWith('flags')
        ? 'flags interval, timeout'
        : old.replace('accept', 'drop').replace(/priority .*/, 'priority 77;');
      return {
        what: `${old} at ${index}`,
        apply: () => replaceTable(family, text.slice(0, index) + other + text.slice(index + old.length)),
        ...(old.startsWith('flags') ? { revert } : {}),
      };
    }),
  );
  return [
    ...rewritten,
    ...listRules(family).map((rule) => ({
      what: `${rule.chain} ${rule.comment}`,
      apply: () => replaceRule(family, rule),
      revert,
    })),
  ];
}

interface NftRuleItem {
  chain: string;
  comment: string;
}

/** Handles are others after a table was mended, so a rule is found by its comment. */
function handleOf(family: string, { chain, comment }: NftRuleItem): string {
  const listed = output('nft', '-a', 'list', 'chain', family, 'tsnet', chain).split('\n');
  return / # handle (\d+)$/.exec(listed.find((line) => line.includes(`comment "${comment}"`))!)![1]!;
}

function replaceRule(family: string, rule: NftRuleItem): void {
  const place = [family, 'tsnet', rule.chain, 'handle', handleOf(family, rule)];
  output('nft', 'replace', 'rule', ...place, 'mark 0x7 return', 'comment', `"${rule.comment}"`);
}

function listRules(family: string): NftRuleItem[] {
  const listed = JSON.parse(output('nft', '-j', 'list', 'table', family, 'tsnet'));
  return listed.nftables.flatMap((item: { rule?: NftRuleItem }) => item.rule ?? []);
}

/** The rules of each owner's chain the other way round. */
export function iptablesEdits(program: string): Edit[] {
  const saved = output(`${program}-save`);
  return saved
    .split(/^\*/m)
    .slice(1)
    .flatMap((text) => {
      const [table] = text.split('\n');
      const chains = new Set(
        [...text.matchAll(/^-A (TSNET-\w+-[0-9a-f]{18}) /gm)].map(([, chain]) => chain!),
      );
      return [...chains].flatMap((chain) => {
        const rules = text.split('\n').filter((line) => line.startsWith(`-A ${chain} `));
        const fill = (lines: string[]) =>
          execFileSync(`${program}-restore`, ['--noflush'], {
            input: [`*${table}`, `-F ${chain}`, ...lines, 'COMMIT', ''].join('\n'),
          });
        if (rules.length < 2) return [];
        const turned = rules.toReversed();
        return [{ what: `${program} ${chain}`, apply: () => fill(turned), revert: () => fill(rules) }];
      });
    });
}
