import { parse } from 'valibot';
import { portmapConf } from '../../../conf/portmap';
import type { Owner, RuleSet } from '../../../linux/firewall/model';
import * as plan from './plan';
import { planForwards } from './plan';
import type { Targets } from './targets';

const targets = { ipv4: '10.0.0.2/24', ipv6: 'fd00::2/64' };
const owner = ['n', 'c1', 'eth0'] as const;

function conf(keys: object, ...mappings: object[]) {
  const portMappings = mappings.map((mapping) => ({
    hostPort: 8080,
    containerPort: 80,
    protocol: 'tcp',
    ...mapping,
  }));
  return parse(portmapConf, { name: 'n', ...keys, runtimeConfig: { portMappings } });
}

const planRuleSets = (of: ReturnType<typeof conf>, whose: Owner, where: Targets): RuleSet[] =>
  plan.planRuleSets(of, whose, planForwards(of, where));

const ipv4 = {
  family: 'ipv4',
  protocol: 'tcp',
  hostPort: 8080,
  address: '10.0.0.2',
  port: 80,
  masquerade: 'needed',
  subnet: '10.0.0.0/24',
};
const ipv6 = { ...ipv4, family: 'ipv6', address: 'fd00::2', subnet: 'fd00::/64' };

test('a port of any host address is one forward per family', () => {
  expect(planRuleSets(conf({}, {}), owner, targets)).toEqual([
    { role: 'portmap', owner, rules: [], forwards: [ipv4, ipv6] },
  ]);
});

test.each([
  ['0.0.0.0', [ipv4]],
  ['::', [ipv6]],
  ['0:0:0:0:0:0:0:0', [ipv6]],
  ['192.0.2.1', [{ ...ipv4, hostAddress: '192.0.2.1' }]],
  ['2001:DB8:0::1', [{ ...ipv6, hostAddress: '2001:db8::1' }]],
])('hostIP %s', (hostIP, expected) => {
  expect(planForwards(conf({}, { hostIP }), targets)).toEqual(expected);
});

test('a family that the container has no address of is left out', () => {
  expect(planForwards(conf({}, {}), { ipv6: 'fd00::2/64' })).toEqual([ipv6]);
  expect(planForwards(conf({}, { hostIP: '192.0.2.1' }), { ipv6: 'fd00::2/64' })).toEqual([]);
});

test('a range stays one forward', () => {
  expect(planForwards(conf({}, { range: 10 }), { ipv4: targets.ipv4 })).toEqual([{ ...ipv4, count: 10 }]);
});

test.each([
  [{ snat: false }, 'never'],
  [{ snat: false, masqAll: true }, 'never'],
  [{ masqAll: true }, 'always'],
])('%j: forwards masquerade %s', (keys, masquerade) => {
  expect(planForwards(conf(keys, {}), targets).map((forward) => forward.masquerade)).toEqual([
    masquerade,
    masquerade,
  ]);
});

const guard = {
  hook: 'raw-prerouting',
  family: 'ipv4',
  match: { inInterface: { not: 'lo' }, destination: '127.0.0.0/8' },
  action: { verdict: 'drop' },
};
const hostSide = { destinationLocal: true, protocol: 'tcp', ports: { first: 8080, last: 8080 } };

test('conditions make rules of the family that they are for', () => {
  const conditionsV4 = ['-s', '198.51.100.0/24'];
  const [set, ...more] = planRuleSets(conf({ conditionsV4 }, {}), owner, targets);
  expect(more).toEqual([]);
  expect(set!.forwards).toEqual([ipv6]);
  const entry = {
    family: 'ipv4',
    match: { ...hostSide, native: conditionsV4 },
    action: { dnat: { address: '10.0.0.2', port: 80 } },
  };
  const containerSide = {
    dnated: true,
    destination: '10.0.0.2/32',
    protocol: 'tcp',
    ports: { first: 80, last: 80 },
  };
  expect(set!.rules).toEqual([
    guard,
    { hook: 'nat-prerouting', ...entry },
    { hook: 'nat-output', ...entry },
    ...['10.0.0.0/24', '127.0.0.0/8'].map((source) => ({
      hook: 'nat-postrouting',
      family: 'ipv4',
      match: { ...containerSide, source },
      action: { masquerade: true },
    })),
  ]);
});

test('a mark bit of the user marks what needs masquerade before its address is changed', () => {
  const [claim, set] = planRuleSets(conf({ markMasqBit: 31 }, {}), owner, { ipv4: targets.ipv4 });
  expect(claim).toMatchObject({ rules: [], forwards: [ipv4] });
  const mark = { value: 0x80000000, mask: 0x80000000 };
  const dnat = { dnat: { address: '10.0.0.2', port: 80 } };
  expect(set!.forwards).toEqual([]);
  expect(set!.rules.map(({ hook, match, action }) => [hook, match.source, action])).toEqual([
    ['raw-prerouting', undefined, guard.action],
    ['nat-prerouting', '10.0.0.0/24', { setMark: mark }],
    ['nat-output', '10.0.0.0/24', { setMark: mark }],
    ['nat-prerouting', '127.0.0.0/8', { setMark: mark }],
    ['nat-output', '127.0.0.0/8', { setMark: mark }],
    ['nat-prerouting', undefined, dnat],
    ['nat-output', undefined, dnat],
    ['nat-postrouting', undefined, { masquerade: true }],
  ]);
  expect(set!.rules.at(-1)!.match).toEqual({ mark });
});

test("an administrator's chain marks, and masquerades elsewhere", () => {
  const keys = { externalSetMarkChain: 'KUBE-MARK-MASQ', masqAll: true };
  const [, set] = planRuleSets(conf(keys, {}), owner, { ipv6: targets.ipv6 });
  expect(set!.rules.map(({ hook, match, action }) => [hook, match.source, action])).toEqual([
    ['nat-prerouting', undefined, { jump: 'KUBE-MARK-MASQ' }],
    ['nat-output', undefined, { jump: 'KUBE-MARK-MASQ' }],
    ['nat-prerouting', undefined, { dnat: { address: 'fd00::2', port: 80 } }],
    ['nat-output', undefined, { dnat: { address: 'fd00::2', port: 80 } }],
  ]);
});

test('without snat a mark has nothing to do', () => {
  const sets = planRuleSets(conf({ snat: false, markMasqBit: 5 }, {}), owner, { ipv4: targets.ipv4 });
  expect(sets).toEqual([{ role: 'portmap', owner, rules: [], forwards: [{ ...ipv4, masquerade: 'never' }] }]);
});

test('a range under conditions keeps its ports one to one', () => {
  const [set] = planRuleSets(conf({ conditionsV4: ['-s', '::'] }, { range: 5 }), owner, {
    ipv4: targets.ipv4,
  });
  const dnat = { address: '10.0.0.2', port: 80, lastPort: 84, basePort: 8080 };
  expect(set!.rules.map(({ action }) => action)).toContainEqual({ dnat });
});

test.each([
  [{}, {}, true],
  [{ snat: false }, {}, false],
  [{}, { hostIP: '127.0.0.1' }, true],
  [{}, { hostIP: '192.0.2.1' }, false],
  [{}, { hostIP: '::' }, false],
])('%j with %j: localhost is served is %s', (keys, mapping, expected) => {
  expect(plan.servesLocalhost(planForwards(conf(keys, mapping), targets))).toBe(expected);
});
