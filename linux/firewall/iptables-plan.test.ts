import fc from 'fast-check';
import { ruleText } from '../nftables/nft-command/statement';
import { isInOrder } from './iptables-order';
import { planChange } from './iptables-plan';
import { quoteWords, ruleWords } from './iptables-rule';
import { parseSave, splitWords } from './iptables-save';
import { planOwnerRules } from './iptables-set';
import type { Action, Match, RuleSet } from './model';
import { ruleStatements } from './nftables-rule';
import { keyOfComments, labelComments, ownerLabel, parseOwnerLabel } from './owner-label';

const rules: [string, { match: Match; action: Action }, string, string][] = [
  [
    'masquerade',
    { match: { source: '10.0.0.0/24', destination: { not: '10.0.0.0/24' } }, action: { masquerade: true } },
    '-s 10.0.0.0/24 ! -d 10.0.0.0/24 -m comment --comment x -j MASQUERADE',
    'ip saddr 10.0.0.0/24 ip daddr != 10.0.0.0/24 masquerade',
  ],
  [
    'interfaces and states',
    {
      match: { inInterface: 'br0', outInterface: { not: 'br0' }, state: ['established', 'related'] },
      action: { verdict: 'accept' },
    },
    '-i br0 ! -o br0 -m conntrack --ctstate ESTABLISHED,RELATED -m comment --comment x -j ACCEPT',
    'meta iifname "br0" meta oifname != "br0" ct state established,related accept',
  ],
  [
    'ports and marks',
    {
      match: { protocol: 'tcp', ports: { first: 80, last: 89 }, mark: { value: 0x2000, mask: 0x2000 } },
      action: { setMark: { value: 4, mask: 5 } },
    },
    '-p tcp --dport 80:89 -m mark --mark 0x2000/0x2000 -m comment --comment x -j MARK --set-xmark 0x4/0x5',
    'meta l4proto 6 th dport 80-89 meta mark & 0x2000 == 0x2000 meta mark set meta mark & 0xfffffffa ^ 0x4',
  ],
  [
    'translation',
    {
      match: { destinationLocal: true, protocol: 'sctp', ports: { first: 80, last: 80 } },
      action: { dnat: { address: 'fd00::2', port: 8080 } },
    },
    '-p sctp --dport 80 -m addrtype --dst-type LOCAL -m comment --comment x -j DNAT --to-destination [fd00::2]:8080',
    'meta nfproto ipv6 meta l4proto 132 th dport 80 fib daddr type local dnat ip6 to [fd00::2]:8080',
  ],
];

it.each(rules)('renders %s', (_, rule, iptables, nftables) => {
  expect(quoteWords(ruleWords(rule, 'x'))).toBe(iptables);
  expect(ruleText({ statements: ruleStatements({ hook: 'filter-forward', ...rule }) })).toBe(nftables);
});

it('quotes words so that they are read back as they were', () => {
  const word = fc.string({ unit: 'grapheme' }).filter((text) => !/[\n\r]/.test(text) && text !== '');
  fc.assert(fc.property(fc.array(word), (words) => expect(splitWords(quoteWords(words))).toEqual(words)));
});

const part = fc.string({ minLength: 1, maxLength: 400, unit: 'binary' });

it('keeps owners apart and gives them back, however hostile', () => {
  fc.assert(
    fc.property(part, part, fc.integer({ min: 40, max: 255 }), (network, id, limit) => {
      const key = { role: 'portmap', owner: [network, id, 'eth0'] } as const;
      expect(parseOwnerLabel(ownerLabel(key))).toEqual(key);
      const comments = labelComments(ownerLabel(key), limit);
      expect(comments.every((comment) => comment.length <= limit && /^[!-~]+$/.test(comment))).toBe(true);
      expect(keyOfComments(comments.reverse())).toEqual(key);
    }),
  );
});

const set: RuleSet = {
  role: 'masquerade',
  owner: ['net'],
  rules: [{ hook: 'nat-postrouting', match: { source: '10.0.0.0/24' }, action: { masquerade: true } }],
};

it('plans nothing for the removal of what is absent', () => {
  expect(planChange(new Map(), { family: 'ipv4', keys: [set], rules: new Map() })).toBe('');
});

it('enters and jumps once: adds what is missing, takes away what is double', () => {
  const rules = planOwnerRules(set, 'ipv4');
  const first = planChange(new Map(), { family: 'ipv4', keys: [set], rules });
  expect(first.match(/-I POSTROUTING/g)).toHaveLength(1);
  const kernel = first
    .replace(/^-I (\w+) 1 (.*)$/gm, '-A $1 $2\n-A $1 $2')
    .replace('*nat\n', '*nat\n:POSTROUTING ACCEPT [0:0]\n');
  const second = planChange(parseSave(kernel), { family: 'ipv4', keys: [set], rules });
  expect(second).not.toContain('-I POSTROUTING');
  expect(second.match(/-D POSTROUTING/g)).toHaveLength(1);
});

it('lets only those packets to a published port that may be for it', () => {
  const forward = { family: 'ipv4', protocol: 'tcp', hostPort: 8080, address: '10.0.0.2', port: 80 } as const;
  const published: RuleSet = {
    role: 'portmap',
    owner: ['net', 'c1', 'eth0'],
    rules: [],
    forwards: [{ ...forward, masquerade: 'needed', subnet: '10.0.0.0/24' }],
  };
  const rules = planOwnerRules(published, 'ipv4');
  const script = planChange(new Map(), { family: 'ipv4', keys: [published], rules });
  expect(script).toMatch(/^-I POSTROUTING 1 -m conntrack --ctstate DNAT .* -j TSNET-TRANSLATED$/m);
  expect(script).toMatch(/^-A TSNET-TRANSLATED -d 10\.0\.0\.2 .* -j TSNET-TRA-/m);
  expect(script).toMatch(/^-I PREROUTING 1 -m addrtype --dst-type LOCAL .* -j TSNET-PUBLISHED$/m);
  expect(script).toMatch(/^-A TSNET-PUBLISHED -p tcp --dport 8080 .* -j TSNET-PUB-/m);
});

it('tells the order of rules as iptables-save prints them', () => {
  const words = (...lines: string[]) => lines.map((line) => splitWords(line));
  const written = words(
    '-d 10.0.0.2 -p tcp --dport 80 -j DNAT',
    '-m conntrack --ctstate A,B -j X',
    '-j RETURN',
  );
  const printed = words(
    '-d 10.0.0.2/32 -p tcp -m tcp --dport 80 -j DNAT',
    '-m conntrack --ctstate B,A -j X',
    '-j RETURN',
  );
  expect(isInOrder(printed, written)).toBe(true);
  expect(isInOrder(printed.toReversed(), written)).toBe(false);
  expect(isInOrder([printed[1]!, printed[0]!, printed[2]!], written)).toBe(false);
});

it('does not mistake a rule that is printed in an unknown way', () => {
  const [first, second] = [splitWords('-s 10.0.0.1 -j A'), splitWords('-s 10.0.0.2 -j B')];
  expect(isInOrder([splitWords('-s x -j A'), second], [first, second])).toBe(true);
  expect(isInOrder([first, first, second], [first, first, second])).toBe(true);
  expect(isInOrder([splitWords('! -s 10.0.0.2 -j B'), first], [first, second])).toBe(true);
});
